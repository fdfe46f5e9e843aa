// SPDX-License-Identifier: Apache-2.0
//
// The desk's side of what collectors ask: events go in and are answered when they are durable; scopes with their
// grounds and lists come out of a question that waits for news.
using System.Globalization;
using Weir.Contracts.Events;
using Weir.Contracts.Grounds;
using Weir.Contracts.Protocol;
using Weir.Desk.Cases;
using Weir.Desk.Orders;
using Weir.Desk.Records;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Serving;

namespace Weir.Desk.Collectors;

/// <summary>Answers collectors.</summary>
/// <param name="cases">Where events go and orders come from.</param>
/// <param name="lists">What flows are matched with.</param>
/// <param name="statuses">What collectors say of themselves.</param>
public sealed class CollectorRoutes(CaseHandler cases, ListsPublisher lists, CollectorStatuses statuses)
{
    /// <summary>How long an asker waits for news.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    /// <summary>413: more events or scopes than one request may hold.</summary>
    public const string TooMany = "too-many";

    /// <summary>503: events cannot be made durable; again later.</summary>
    public const string RecordsDown = "records-down";

    /// <summary>409: these lists are not given out any more; ask which are.</summary>
    public const string OtherVersion = "other-version";

    private const int EventOctets = 32 << 20;
    private const int ReportOctets = 4 << 20;
    private const int MaxReports = 20_000;
    private const int LongestName = 256;

    /// <summary>Writes the routes.</summary>
    public PeerRoutes Map(PeerRoutes routes) => routes
        .Post(
            DeskRoutes.Events, PeerRoles.Collector, DeskJson.Default.EventBatch, DeskJson.Default.EventReceipt,
            EventsAsync, EventOctets)
        .Get(DeskRoutes.Scopes, PeerRoles.Collector, DeskJson.Default.ScopeChanges, ScopesAsync)
        .Post(
            DeskRoutes.ScopeReports, PeerRoles.Collector, DeskJson.Default.ScopeReports, DeskJson.Default.Done,
            ReportsAsync, ReportOctets)
        .Get(DeskRoutes.Lists, PeerRoles.Collector, DeskJson.Default.ListsNotice, ListsAsync)
        .GetRaw(DeskRoutes.ListsBody, PeerRoles.Collector, BodyAsync)
        .Post(
            DeskRoutes.Status, PeerRoles.Collector, DeskJson.Default.CollectorStatus, DeskJson.Default.Done,
            StatusAsync, ReportOctets);

    /// <summary>Changes as JSON has them.</summary>
    public static ScopeChanges Format(ScopeNews news) => new(
        news.Generation, news.Sequence, news.IsWhole, [.. news.Orders.Select(ScopeOrderFields.From)],
        [.. news.Ended.Select(scope => scope.ToString())]);

    private async Task<EventReceipt> EventsAsync(PeerCall call, EventBatch batch, CancellationToken cancel)
    {
        if (batch.Events.Count > EventBatch.Max)
        {
            throw new PeerRefusalException(
                TooMany, $"{batch.Events.Count} events are more than the {EventBatch.Max} of one batch; send fewer",
                413);
        }

        // It stays with the collector until this desk is brought to its version: what is refused one by one is not sent
        // again.
        if (batch.Events.FirstOrDefault(one => one.Type == EventDocument.Type && one.Version > EventDocument.Version)
            is { } ahead)
        {
            throw new PeerRefusalException(
                PeerCodes.SchemaUnsupported, string.Create(
                    CultureInfo.InvariantCulture,
                    $"an event is of schema {ahead.Version}, and this desk reads up to {EventDocument.Version}; bring ")
                    + "the desk to the collector's version, which keeps its events until then", 400);
        }

        try
        {
            return await cases.ReceiveAsync(batch.Events, cancel);
        }
        catch (Exception fault) when (fault is AuditException or RecordsException
            or System.Data.Common.DbException)
        {
            throw new PeerRefusalException(
                RecordsDown, $"the events cannot be kept: {fault.Message}; send them again", 503);
        }
        catch (System.Threading.Channels.ChannelClosedException)
        {
            throw new PeerRefusalException(PeerCodes.Stopping, "the desk is about to stop; send them again", 503);
        }
    }

    private async Task<ScopeChanges?> ScopesAsync(PeerCall call, CancellationToken cancel) =>
        await cases.Orders.WaitAsync(call.Query("generation"), call.Number("since") ?? 0, Patience, cancel)
            is { } news ? Format(news) : null;

    private async Task<Done> ReportsAsync(PeerCall call, ScopeReports said, CancellationToken cancel)
    {
        if (said.Scopes.Count > MaxReports)
        {
            throw new PeerRefusalException(
                TooMany, $"{said.Scopes.Count} scopes are more than the {MaxReports} of one report; send fewer", 413);
        }

        await cases.HearAsync(call.Peer.Name, said.Scopes, cancel);
        return Done.It;
    }

    private Task<ListsNotice?> ListsAsync(PeerCall call, CancellationToken cancel)
    {
        lists.Refresh();
        return lists.WaitAsync(call.Number("version"), Patience, cancel);
    }

    private Task<Stream> BodyAsync(PeerCall call, CancellationToken cancel) =>
        call.Number("version") is { } version && lists.Body(version) is { } body
            ? Task.FromResult<Stream>(new MemoryStream(
                System.Runtime.InteropServices.MemoryMarshal.TryGetArray(body, out var octets)
                    ? octets.Array! : body.ToArray(), writable: false))
            : throw new PeerRefusalException(OtherVersion, "these lists are not given out; ask which are");

    private Task<Done> StatusAsync(PeerCall call, CollectorStatus status, CancellationToken cancel) =>
        status.Names.FirstOrDefault(name => name.Length > LongestName || name.Any(char.IsControl)) is { } name
            ? throw PeerRefusalException.Malformed(
                $"a name of the status is longer than {LongestName} characters, or has characters of control: "
                + string.Concat(name.Take(LongestName).Select(c => char.IsControl(c) ? '?' : c)))
            : statuses.TryHear(call.Peer.Name, status)
            ? Task.FromResult(Done.It)
            : throw new PeerRefusalException(
                TooMany, $"{CollectorStatuses.MaxOfPeer} collectors of {call.Peer.Name} or {CollectorStatuses.Max} of "
                    + "all told of themselves within the hour; give each collector one name and a certificate of its "
                    + "own");
}
