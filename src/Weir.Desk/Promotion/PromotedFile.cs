// SPDX-License-Identifier: Apache-2.0
//
// Our own list: a CSV beside the records, read as every other list, with the whole of each promotion in a comment above
// its row. Written anew as a whole, synced and renamed, before the lists are read again; what was there last stands
// where that fails.
using System.Globalization;
using System.Text;
using System.Text.Json;
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Desk.Cases;
using Weir.Desk.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Promotion;
using Weir.Desk.Reporting;
using Endpoint = Weir.Contracts.Flows.Endpoint;
using Weir.Hosting.Files;

namespace Weir.Desk.Promotion;

/// <summary>The file of promoted endpoints.</summary>
internal sealed class PromotedFile(string folder, TimeProvider time) : IPromotedList, IKeptList, IDisposable
{
    private const string Record = "#= ";
    private const string TakenOff = "#- ";
    private const string Head =
        "# endpoints that two people promoted; weir serve writes this file, weir compare promote and demote change it";
    private const string Columns = "address,port,protocol,firstseen,expires,provenance";

    /// <summary>How long an expired entry stays to be seen.</summary>
    private static readonly TimeSpan SeenExpired = TimeSpan.FromDays(90);

    /// <summary>How long it is known that an endpoint was taken off: longer than comparisons are kept that found it.
    /// </summary>
    private static readonly TimeSpan SeenTakenOff = TimeSpan.FromDays(400);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private Promotion[] _all = [];
    private RejectedEndpoint[] _rejected = [];
    private ListRefresher? _refresher;

    public string Path { get; } = System.IO.Path.Combine(folder, "promoted.csv");

    public IReadOnlyList<Promotion> All => Volatile.Read(ref _all);

    public IReadOnlyList<RejectedEndpoint> Rejected => Volatile.Read(ref _rejected);

    /// <summary>The file as a list; made where there is none.</summary>
    /// <exception cref="IOException">It is there and cannot be read.</exception>
    public FeedOptions Open()
    {
        try
        {
            Directory.CreateDirectory(
                folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            if (!File.Exists(Path))
            {
                Write([], []);
            }

            if (!File.ReadLines(Path).Contains(Columns, StringComparer.Ordinal))
            {
                throw new JsonException($"its columns are not {Columns}");
            }

            _rejected = [.. File.ReadLines(Path)
                .Where(line => line.StartsWith(TakenOff, StringComparison.Ordinal)).Select(ReadTakenOff)];
            _all = [.. File.ReadLines(Path)
                .Where(line => line.StartsWith(Record, StringComparison.Ordinal)).Select(Read)];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new IOException($"cases.dir: {Path} cannot be read: {fault.Message}; mend it, restore it from "
                + "a backup, or move it away and promote again", fault);
        }

        return new FeedOptions { Path = Path, Name = PromotedList.Name, Role = ListRole.C2, IsOwnConfirmation = true };
    }

    public void RefreshWith(ListRefresher refresher) => _refresher = refresher;

    public Task PutAsync(Promotion promotion, CancellationToken cancel) =>
        ChangeAsync(all => [.. all.Where(p => p.Endpoint != promotion.Endpoint), promotion], cancel);

    public Task MarkAsync(Promotion promotion, LookBackState state, CancellationToken cancel) =>
        ChangeAsync(all => [.. all.Select(p => p.Endpoint == promotion.Endpoint && p.Approval == promotion.Approval
            ? p with { LookedBack = state }
            : p)], cancel);

    public Task RenewAsync(IReadOnlyCollection<Promotion> renewed, CancellationToken cancel) =>
        ChangeAsync(all => [.. all.Select(p => renewed.FirstOrDefault(
            one => one.Endpoint == p.Endpoint && one.Approval == p.Approval) is { } next
                ? p with { ExpiresAt = next.ExpiresAt, UpheldUntil = next.UpheldUntil }
                : p)], cancel);

    public Task<bool> RemoveAsync(IReadOnlyCollection<Endpoint> endpoints, CancellationToken cancel) =>
        ChangeAsync(all => [.. all.Where(p => !endpoints.Contains(p.Endpoint))], cancel);

    public void Dispose() => _turn.Dispose();

    /// <returns>Whether there are fewer than before.</returns>
    private async Task<bool> ChangeAsync(Func<Promotion[], Promotion[]> change, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            var before = _all;
            var changed = change(before);
            var since = time.GetUtcNow() - SeenExpired;
            Promotion[] next = [.. changed.Where(p => p.ExpiresAt > since)];
            var now = time.GetUtcNow();
            RejectedEndpoint[] rejected =
            [
                .. _rejected.Where(one => one.At > now - SeenTakenOff),
                .. before.Where(p => Array.TrueForAll(changed, kept => kept.Endpoint != p.Endpoint))
                    .Select(p => new RejectedEndpoint(p.Endpoint, p.At, now)),
            ];
            Write(next, rejected);
            Volatile.Write(ref _rejected, rejected);
            Volatile.Write(ref _all, next);
            _ = _refresher?.Refresh();
            if (_refresher?.States.FirstOrDefault(list => list.Path == Path) is { Fault: { Length: > 0 } unread })
            {
                throw new IOException($"{Path} is written, but the list cannot be read: {unread}");
            }

            return changed.Length < before.Length;
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Write(IEnumerable<Promotion> promotions, IEnumerable<RejectedEndpoint> rejected)
    {
        var text = new StringBuilder().Append(Head).Append('\n').Append(Columns).Append('\n');
        foreach (var one in rejected)
        {
            text.Append(TakenOff).Append(CultureInfo.InvariantCulture,
                $"{one.Endpoint} {one.PromotedAt:O} {one.At:O}\n");
        }

        foreach (var p in promotions)
        {
            text.Append(Record).Append(JsonSerializer.Serialize(PromotedRow.Of(p))).Append('\n');
            text.Append(CultureInfo.InvariantCulture, $"{p.Endpoint.Address},{p.Endpoint.Port},{Protocols.ToName(p.Endpoint.Protocol)},{p.At:yyyy-MM-ddTHH:mm:ssZ},{p.ExpiresAt:yyyy-MM-ddTHH:mm:ssZ},\"{Quoted(p.Provenance)}\"\n");
        }

        AtomicFile.Write(Path, text.ToString());
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static Promotion Read(string line) => (JsonSerializer.Deserialize<PromotedRow>(line.AsSpan(Record.Length))
        ?? throw new JsonException("a record is empty")).ToPromotion();

    private static RejectedEndpoint ReadTakenOff(string line) =>
        line[TakenOff.Length..].Split(' ') is [var name, var promoted, var off]
        && Endpoint.TryParse(name, out var endpoint) && TryTime(promoted, out var promotedAt)
            && TryTime(off, out var at)
            ? new(endpoint, promotedAt, at)
            : throw new JsonException($"'{line}' is damaged");

    private static bool TryTime(string text, out DateTimeOffset at) => DateTimeOffset.TryParseExact(
        text, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out at);

    private static string Quoted(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Replace("\"", "\"\"", StringComparison.Ordinal);
}

/// <summary>A promotion as its line in the file.</summary>
internal sealed record PromotedRow(
    string Endpoint, string Run, string P, string Q, string Ic, string Ic025, string Approval, string AskedBy,
    string GivenBy, string Reason, DateTimeOffset At, DateTimeOffset ExpiresAt, LookBackState LookedBack)
{
    public IReadOnlyList<string> RestsOn { get; init; } = [];

    public int Hops { get; init; } = 1;

    public DateTimeOffset? UpheldUntil { get; init; }

    public static PromotedRow Of(Promotion p)
    {
        return new(
            p.Endpoint.ToString(), p.Run, p.P, p.Q, p.Ic, p.Ic025, Weir.Desk.Cases.CaseHandler.Name(p.Approval),
            p.AskedBy, p.GivenBy, p.Reason, p.At, p.ExpiresAt, p.LookedBack)
        {
            RestsOn = [.. p.RestsOn.Select(endpoint => endpoint.ToString())],
            Hops = p.Hops,
            UpheldUntil = p.UpheldUntil,
        };
    }

    /// <exception cref="JsonException">It is damaged.</exception>
    public Promotion ToPromotion() =>
        Weir.Contracts.Flows.Endpoint.TryParse(Endpoint ?? "", out var endpoint)
        && Weir.Desk.Cases.CaseHandler.TryParseApproval(Approval ?? "", out var approval)
            ? new()
            {
                Endpoint = endpoint,
                Run = Run,
                P = P,
                Q = Q,
                Ic = Ic,
                Ic025 = Ic025,
                Approval = approval,
                AskedBy = AskedBy,
                GivenBy = GivenBy,
                Reason = Reason,
                At = At,
                ExpiresAt = ExpiresAt,
                LookedBack = LookedBack,
                RestsOn = RestsOn.Count == 0 ? []
                    : [.. RestsOn.Select(name => Weir.Contracts.Flows.Endpoint.TryParse(name, out var ancestor)
                    ? ancestor : throw new JsonException($"'{name}' is damaged"))],
                Hops = Hops,
                UpheldUntil = UpheldUntil,
            }
            : throw new JsonException($"'{Endpoint}' or '{Approval}' is damaged");
}
