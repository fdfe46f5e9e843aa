// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.Cases;

/// <summary>What lists and counts say by the index is what whoever walks all case files would say, whatever happened to
/// them, and the same after a restart.</summary>
public sealed class CaseIndexProperties
{
    private static readonly string[] Rules = [RuleId.FloodOut, RuleId.Scan, RuleId.CncContact, RuleId.FloodIn];

    private static readonly CaseTrait[] Live =
    [
        CaseTrait.Of(CaseState.Open), CaseTrait.Of(CaseState.Assigned), CaseTrait.Of(CaseState.Snoozed),
    ];

    [Fact]
    public void It_says_what_a_walk_over_all_case_files_says() =>
        Prop.ForAll<int>(seed => PlayAsync(new Random(seed)).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    private static async Task<bool> PlayAsync(Random random)
    {
        await using var place = await OpenAsync();
        for (ulong i = 1; i <= (ulong)random.Next(1, 25); i++)
        {
            await StepAsync(place, i, random);
        }

        AssertCounted(place.Desk);
        var before = Told(place.Desk);
        await place.RestartAsync();
        AssertCounted(place.Desk);
        Assert.Equal(before, Told(place.Desk));
        return true;
    }

    private static async Task StepAsync(CaseHandlerFixture place, ulong number, Random random)
    {
        place.Clock.Advance(TimeSpan.FromMinutes(1) + TimeSpan.FromTicks(random.Next(10_000)));
        var (subject, kind, far) = ((uint)random.Next(1, 7), random.Next(4), random.Next(1, 4));
        var file = place.Desk.Files.OrderBy(one => one.Id.Number).ElementAtOrDefault((int)subject - 1);
        switch (random.Next(8))
        {
            case 1 when file is not null:
                await place.Desk.AssignAsync(Olaf, file.Id, kind == 0 ? "" : "olaf", default);
                break;
            case 2 when file is not null:
                await place.Desk.SnoozeAsync(Olaf, file.Id, place.Clock.GetUtcNow().AddHours(1), default);
                break;
            case 3 when file is not null:
                await place.Desk.CloseAsync(Olaf, file.Id, CaseClosureReason.Fixed, "cleaned", default);
                break;
            case 4:
                place.Clock.Advance(TimeSpan.FromDays(kind * 12));
                await place.Desk.RunOnceAsync(default);
                break;
            default:
                var now = place.Clock.GetUtcNow().ToUnixTimeMilliseconds();
                await place.HandleAsync(Event(
                    number, subject, Rules[kind], Class(
                        kind == 3 ? Direction.In : Direction.Out, kind == 0 ? Udp : Tcp, [(ushort)(8_000 + far)],
                        $"203.0.113.{far}"),
                    now - 60_000, now));
                break;
        }
    }

    private static void AssertCounted(CaseHandler desk)
    {
        var files = desk.Files.ToList();
        foreach (var state in Enum.GetValues<CaseState>())
        {
            Assert.Equal(files.Count(file => file.State == state), desk.Index.Read(CaseTrait.Of(state)).Count);
        }

        var open = files.Where(file => file.TakesEvents).ToList();
        Assert.Equal(
            Counts(open.SelectMany(CaseTraits.RulesOf)),
            desk.Index.Read(CaseTraitKind.Rule).Select(one => (one.Trait.Word, one.Runs.Count)).Order());
        Assert.Equal(
            Counts(open.Select(file => file.Assignee)),
            desk.Index.Read(CaseTraitKind.Assignee).Select(one => (one.Trait.Word, one.Runs.Count)).Order());
        Assert.Equal(
            Counts(open.SelectMany(file => CaseTraits.EndpointsOf(file).Select(one => one.ToString()))),
            desk.Index.Read(CaseTraitKind.Endpoint).Select(one => ($"{one.Trait.Endpoint}", one.Runs.Count)).Order());
        Assert.Equal(
            open.Count(file => CaseTraits.RulesOf(file).Any(CaseTraits.Floods.Contains)),
            desk.Index.Read(new CaseTrait(CaseTraitKind.Flood)).Count);
        Assert.Equal(
            open.OrderByDescending(CaseSeverities.Of).ThenByDescending(file => file.OpenedAt).ThenBy(file => file.Id.Number)
                .Select(file => file.Id),
            desk.Walk(new() { Having = [Live], IsGravestFirst = true }).Select(entry => entry.Case.Id));
        AssertDue(desk, files, open);
    }

    private static void AssertDue(CaseHandler desk, List<CaseFile> files, List<CaseFile> open)
    {
        void Same(CaseDuty duty, IEnumerable<CaseFile> expected, long until = long.MaxValue) => Assert.Equal(
            expected.Select(file => file.Id.Number).Order(), desk.Index.Due(duty, until: until).Select(id => id.Number).Order());
        var middle = Start + (long)TimeSpan.FromDays(20).TotalMilliseconds;
        var time = DateTimeOffset.FromUnixTimeMilliseconds(middle);
        Same(CaseDuty.Wake, files.Where(file => file.State == CaseState.Snoozed));
        Same(CaseDuty.Untouched, open.Where(file => file.LastAt <= time), time.UtcTicks);
        Same(CaseDuty.Erase, files.Where(file => file.State == CaseState.Closed && file.ClosedAt <= time), time.UtcTicks);
        Same(CaseDuty.Seal, files.Where(file => !file.IsSealed && file.State != CaseState.Erased));
        Same(CaseDuty.Conclude, files.Where(file => file.Scopes.Any(held => held.State == ScopeState.Open
            && held.Scope.Purpose == Purpose.RemediationCheck && held.UntilMs <= middle)), middle);
        Same(CaseDuty.Step, files);
    }

    private static IEnumerable<(string, int)> Counts(IEnumerable<string> words) =>
        words.CountBy(word => word).Select(one => (one.Key, one.Value)).Order();

    private static string Told(CaseHandler desk) => string.Join('\n', Enum.GetValues<CaseTraitKind>()
        .SelectMany(kind => desk.Index.Read(kind).Select(one => string.Join(
            ' ', one.Trait.Kind, one.Trait.Word, one.Trait.Endpoint,
            string.Join(',', one.Runs.BySeverity.Select(run => string.Join('.', run.Select(key => key.Id))))))).Order());
}
