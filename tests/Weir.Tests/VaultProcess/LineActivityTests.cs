// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Notices;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.VaultClient;
using Weir.Tests.Support;
using Weir.Tests.Vault.Support;

namespace Weir.Tests.VaultProcess;

/// <summary>Whether a line was active: collectors say it, the desk learns one boolean, and nobody is called clean
/// without it (worked example 19).</summary>
public sealed class LineActivityTests : IAsyncLifetime
{
    private static readonly CaseId Id = new(0xCA5E);
    private static readonly CaseId Other = new(0xCA5F);
    private static readonly ScopeId Scope = new(5);
    private static readonly ScopeId Checked = new(6);

    private VaultHouse _house = null!;

    public async ValueTask InitializeAsync()
    {
        _house = await VaultHouse.OpenAsync();
        var order = _house.Give(_house.Order(Id, "10.0.0.7", Scope));
        await _house.Desk().SealAsync(order, default);
        _ = _house.Give(order with
        {
            Id = Checked, Purpose = Purpose.RemediationCheck, FromMs = NowMs, UntilMs = NowMs + (14 * Day),
            ExpiresMs = NowMs + (14 * Day),
        });
    }

    private const long Day = 86_400_000;
    private const long Minute = 60_000;

    private long NowMs => _house.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    public async ValueTask DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task A_silence_is_known_where_the_line_was_active_on_every_day_of_it()
    {
        var begin = _house.Clock.GetUtcNow();
        for (var day = 0; day < 7; day++)
        {
            _house.Clock.Advance(TimeSpan.FromHours(12));
            await ReportAsync(Id, wasActive: day != 3);
            _house.Clock.Advance(TimeSpan.FromHours(12));
        }

        Assert.True(await AskAsync(begin, begin.AddDays(3)));
        Assert.False(await AskAsync(begin, begin.AddDays(7)));
        Assert.True(await AskAsync(begin.AddDays(4), begin.AddDays(7)));
        Assert.False(await AskAsync(begin, begin.AddHours(1)));

        // A vault that is started again knows it still; what it tells stands on both chains under one number.
        await _house.StartAgainAsync();
        Assert.True(await AskAsync(begin, begin.AddDays(3)));
        var asked = _house.DeskChain.Entries[^1].Request;
        var told = (await _house.ChainAsync()).Last(entry => entry.Act == AuditActions.TellActivity);
        Assert.Equal((asked, Checked.ToString(), AuditActions.Allow), (told.Request, told.Scope, told.Outcome));
    }

    [Fact]
    public async Task It_is_told_of_a_check_alone_within_its_time_and_gone_with_the_case()
    {
        var begin = _house.Clock.GetUtcNow();
        _house.Clock.Advance(TimeSpan.FromHours(2));
        await ReportAsync(Id, wasActive: true);
        await ReportAsync(Other, wasActive: true);

        Assert.Equal(VaultCodes.OtherThanGrounds, await WordAsync(
            () => _house.Desk().WasActiveAsync(Id, Scope, begin, begin.AddHours(2), default)));
        Assert.Equal(VaultCodes.OtherThanGrounds, await WordAsync(
            () => AskAsync(begin.AddMinutes(-1), begin.AddHours(2))));
        var stranger = await Assert.ThrowsAsync<PeerRefusedException>(() => _house.As(PeerRoles.Desk).PostAsync(
            VaultRoutes.LineActivity, Report(Id, true), VaultJson.Default.LineActivityReport, VaultJson.Default.Done));
        Assert.Equal(403, (int)stranger.Status);

        Assert.True(await AskAsync(begin, begin.AddHours(2)));
        var cases = Path.Combine(_house.Folder, "cases");
        Assert.Single(Directory.GetFiles(cases, "*.activity"));
        await _house.Desk().DestroyAsync(Id, default);
        Assert.Empty(Directory.GetFiles(cases, "*.activity"));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, -61)]
    [InlineData(-61, 0)]
    [InlineData(-10_000, -9_990)]
    [InlineData(-1, 5)]
    public async Task A_report_of_no_time_or_of_another_is_refused_whole(int fromMinutes, int untilMinutes)
    {
        var report = Report(Id, true) with
        {
            FromMs = NowMs + (fromMinutes * Minute), UntilMs = NowMs + (untilMinutes * Minute),
        };
        Assert.Equal("malformed", (await Assert.ThrowsAsync<PeerRefusedException>(() => SendAsync(report))).Code);
    }

    [Fact]
    public async Task Nobody_is_called_clean_whose_line_was_not_seen_active_since()
    {
        Assert.Equal(VaultCodes.NotSeenActive, await WordAsync(CleanAsync));

        _house.Clock.Advance(TimeSpan.FromHours(2));
        await ReportAsync(Id, wasActive: false);
        Assert.Equal(VaultCodes.NotSeenActive, await WordAsync(CleanAsync));
        await ReportAsync(Id, wasActive: true);
        Assert.NotEqual(VaultCodes.NotSeenActive, await WordOrNoneAsync(CleanAsync));
        Assert.Contains(await _house.ChainAsync(), entry => entry.Outcome == VaultCodes.NotSeenActive);
    }

    private Task<bool> AskAsync(DateTimeOffset from, DateTimeOffset until) =>
        _house.Desk().WasActiveAsync(Id, Checked, from, until, default);

    private Task CleanAsync() => _house.Desk().DeliverAsync(new(Id, Scope, NoticeStep.Clean, []), default);

    private Task ReportAsync(CaseId id, bool wasActive) => SendAsync(Report(id, wasActive));

    private LineActivityReport Report(CaseId id, bool wasActive) =>
        new(NowMs - Minute, NowMs, [new(id.ToString(), wasActive)]);

    private async Task SendAsync(LineActivityReport report)
    {
        using var collector = _house.As(PeerRoles.Collector);
        _ = await collector.PostAsync(
            VaultRoutes.LineActivity, report, VaultJson.Default.LineActivityReport, VaultJson.Default.Done);
    }

    private static async Task<string> WordAsync(Func<Task> ask) =>
        (await Assert.ThrowsAsync<VaultRefusedException>(ask)).Word;

    private static async Task<string> WordOrNoneAsync(Func<Task> ask)
    {
        try
        {
            await ask();
            return "";
        }
        catch (VaultRefusedException refused)
        {
            return refused.Word;
        }
        catch (VaultDownException)
        {
            return "";
        }
    }
}
