// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using Weir.Contracts.AccessControl;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Policy;
using Weir.Tests.Blocking;
using Weir.Tests.Cases;
using Weir.Tests.Support;
using Weir.Wire;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.Escalating;

/// <summary>Whatever events come and whatever people, customers and time do: the strict garden takes two people, no
/// garden comes by itself, nothing exempt is closed.</summary>
public sealed class EscalationProperties
{
    private const string ExemptHost = "198.51.100.8";

    private static readonly Actor[] People = [
        Ana, Olaf, Petra, Aud, Adam, Actor.Weir, new("bea", Role.Analyst), new("otto", Role.Operator)];
    private static readonly WalledGarden[] Gardens = [WalledGarden.None, WalledGarden.Leaky, WalledGarden.Strict];

    [Fact]
    public void No_sequence_reaches_a_garden_without_the_people_it_takes_nor_closes_what_is_exempt() =>
        Prop.ForAll<int>(seed => PlayAsync(new Random(seed)).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(40).WithReplay(7, 11));

    private static async Task<bool> PlayAsync(Random random)
    {
        await using var place = await EscalationFixture.OpenAsync(p =>
            p.Blocking = MitigationSamples.Options with { Exempt = new() { Networks = [Prefix.Parse(ExemptHost)] } });
        var asked = new List<(Actor Who, WalledGarden Garden)>();
        await place.Cases.HandleAsync(EscalationFixture.Contact(1), EscalationFixture.Contact(2, remote: ExemptHost));
        var good = true;
        for (ulong i = 3; i < 40 && good; i++)
        {
            await ActAsync(place, random, i, asked);
            good = IsRight(place, asked);
        }

        return good;
    }

    private static async Task ActAsync(
        EscalationFixture place, Random random, ulong number, List<(Actor Who, WalledGarden Garden)> asked)
    {
        var id = place.File.Id;
        var who = People[random.Next(People.Length)];
        switch (random.Next(12))
        {
            case 0 or 1 or 2:
                var garden = Gardens[random.Next(Gardens.Length)];
                asked.Add((who, garden));
                _ = await place.Desk.GardenAsync(who, id, garden, "as they say", default);
                break;
            case 3:
                var (isCustomer, isProtected) = (random.Next(2) == 0, random.Next(2) == 0);
                _ = isCustomer
                    ? await place.Desk.AppealAsync(CustomerActs.Appeal(id, "as they say"), default)
                    : await place.Desk.AppealAsync(who, id, "as they say", isProtected, default);
                break;
            case 4:
                _ = await place.Desk.UpholdAsync(who, id, "as they say", default);
                break;
            case 5:
                _ = random.Next(2) == 0
                    ? await place.Desk.FixedAsync(CustomerActs.Fixed(id), null, default)
                    : await place.Desk.FixedAsync(who, id, default);
                break;
            case 6:
                await place.Cases.HandleAsync(
                    EscalationFixture.Contact(number, from: Now(place)),
                    EscalationFixture.Contact(number + 100, from: Now(place), remote: ExemptHost));
                break;
            case 7:
                (place.Lines.IsDown, place.Lines.SaysNo, place.Standings.Others) =
                    (random.Next(4) == 0, random.Next(4) == 0, random.Next(3) * 1_000);
                break;
            case 8:
                await place.RestartAsync();
                break;
            default:
                await place.RoundAsync(TimeSpan.FromHours(random.Next(1, 60)));
                break;
        }
    }

    private static bool IsRight(EscalationFixture place, List<(Actor Who, WalledGarden Garden)> asked)
    {
        var strict = asked.Where(a => a.Garden == WalledGarden.Strict).Select(a => a.Who).ToList();
        var pair = strict.Any(w => w.Role == Role.Analyst) && strict.Any(w => w.Role == Role.Operator);
        var leaky = asked.Any(a => a.Garden == WalledGarden.Leaky && a.Who.Role is Role.Analyst or Role.Operator);
        return place.Lines.Orders.TrueForAll(o => o.Garden switch
            {
                WalledGarden.Strict => pair && o.By.Split(", ") is [var one, var two]
                    && Roles.MayTogether(RoleOf(one), RoleOf(two), Permission.StrictGarden),
                WalledGarden.Leaky => leaky && RoleOf(o.By) is Role.Analyst or Role.Operator,
                _ => true,
            })
            && place.Blocks.Leases.All(
                l => l.Target.Remote is not { } remote || remote.ToString() != $"{ExemptHost}/32")
            && place.Blocks.Leases.All(l => l.Target.IsForOneLine && l.Case == place.File.Id);
    }

    private static Role RoleOf(string name) => People.First(p => p.Name == name).Role;

    private static long Now(EscalationFixture place) => place.Cases.Clock.GetUtcNow().ToUnixTimeMilliseconds();
}
