// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Weir.Contracts.Events;
using Weir.Contracts.Grounds;
using Weir.Contracts.Lists;
using Weir.Contracts.Protocol;
using Weir.Contracts.Signing;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Serving;

namespace Weir.Tests.CollectorProcess;

/// <summary>A desk as its protocol has it; what it says is the test's.</summary>
internal sealed class ScriptedDesk
{
    private readonly Lock _gate = new();
    private readonly List<Envelope> _journal = [];
    private readonly HashSet<Envelope> _known = [];
    private readonly List<ScopeReport> _reports = [];
    private readonly List<(ScopeOrderFields? Order, string? Ended)> _changes = [];
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (long Version, byte[] Body, string Digest) _lists;

    public string Generation { get; set; } = "one";

    /// <summary>Why an event is not believed; null where it is.</summary>
    public Func<Envelope, string?> WhyNot { get; set; } = _ => null;

    /// <summary>Events that came more than once.</summary>
    public int Again { get; private set; }

    public CollectorStatus? Status { get; private set; }

    /// <summary>Events in the order in which they were taken first.</summary>
    public IReadOnlyList<QualityEvent> Journal
    {
        get
        {
            lock (_gate)
            {
                return [.. _journal.Select(one => EventDocument.TryRead(one, out var quality)
                    ? quality : throw new InvalidOperationException("no event"))];
            }
        }
    }

    public IReadOnlyList<Envelope> Envelopes
    {
        get
        {
            lock (_gate)
            {
                return [.. _journal];
            }
        }
    }

    public IReadOnlyList<ScopeReport> Reports
    {
        get
        {
            lock (_gate)
            {
                return [.. _reports];
            }
        }
    }

    public void Order(params ScopeOrderFields[] orders) =>
        Change(orders.Select(order => ((ScopeOrderFields?)order, (string?)null)));

    public void End(string scope) => Change([(null, scope)]);

    /// <summary>Gives lists; the digest is right unless said otherwise.</summary>
    public void Give(long version, IReadOnlyList<Feed> feeds, string? digest = null)
    {
        var body = ListsDocument.Format(feeds);
        Wake(() => _lists = (version, body, digest ?? Convert.ToHexStringLower(SHA256.HashData(body))));
    }

    /// <summary>What it was told exporters say the time is.</summary>
    public HeardTime? Heard { get; private set; }

    public PeerRoutes Routes() => new PeerRoutes()
        .Post(DeskRoutes.HeardTime, PeerRoles.Collector, DeskJson.Default.HeardTime, DeskJson.Default.Done,
            (_, heard, _) =>
            {
                Heard = heard;
                return Task.FromResult(Done.It);
            })
        .Post(DeskRoutes.Events, PeerRoles.Collector, DeskJson.Default.EventBatch, DeskJson.Default.EventReceipt,
            (_, batch, _) => Task.FromResult(Journaled(batch)), 4 << 20)
        .Get(DeskRoutes.Scopes, PeerRoles.Collector, DeskJson.Default.ScopeChanges, ScopesAsync)
        .Post(DeskRoutes.ScopeReports, PeerRoles.Collector, DeskJson.Default.ScopeReports, DeskJson.Default.Done,
            (_, said, _) => Task.FromResult(Hear(said)), 4 << 20)
        .Get(DeskRoutes.Lists, PeerRoles.Collector, DeskJson.Default.ListsNotice, ListsAsync)
        .GetRaw(DeskRoutes.ListsBody, PeerRoles.Collector, (_, _) => Task.FromResult<Stream>(
            new MemoryStream(_lists.Body)))
        .Post(DeskRoutes.Status, PeerRoles.Collector, DeskJson.Default.CollectorStatus, DeskJson.Default.Done,
            (_, status, _) => Task.FromResult(Hear(status)), 4 << 20);

    private EventReceipt Journaled(EventBatch batch)
    {
        lock (_gate)
        {
            var believed = batch.Events.Where(one => WhyNot(one) is null).ToList();
            var fresh = believed.Where(_known.Add).ToList();
            _journal.AddRange(fresh);
            Again += believed.Count - fresh.Count;
            return new(
                fresh.Count, believed.Count - fresh.Count,
                batch.Events.Select(WhyNot).OfType<string>().CountBy(code => code).ToDictionary());
        }
    }

    private Done Hear(ScopeReports said)
    {
        lock (_gate)
        {
            _reports.AddRange(said.Scopes);
            return Done.It;
        }
    }

    private Done Hear(CollectorStatus status)
    {
        Status = status;
        return Done.It;
    }

    private async Task<ScopeChanges?> ScopesAsync(PeerCall call, CancellationToken cancel)
    {
        while (true)
        {
            Task news;
            lock (_gate)
            {
                news = _news.Task;
                if (call.Query("generation") != Generation)
                {
                    var over = _changes.Select(one => one.Ended).OfType<string>().ToHashSet();
                    var orders = _changes.Select(one => one.Order).OfType<ScopeOrderFields>()
                        .Where(order => !over.Contains(order.Id)).GroupBy(order => order.Id).Select(one => one.Last());
                    return new(Generation, _changes.Count, true, [.. orders], []);
                }

                var since = (int)(call.Number("since") ?? 0);
                if (since < _changes.Count)
                {
                    var rest = _changes[since..];
                    return new(
                        Generation, _changes.Count, false,
                        [.. rest.Select(one => one.Order).OfType<ScopeOrderFields>()],
                        [.. rest.Select(one => one.Ended).OfType<string>()]);
                }
            }

            await news.WaitAsync(cancel);
        }
    }

    private async Task<ListsNotice?> ListsAsync(PeerCall call, CancellationToken cancel)
    {
        while (true)
        {
            Task news;
            lock (_gate)
            {
                news = _news.Task;
                if (_lists.Body is not null && call.Number("version") != _lists.Version)
                {
                    return new(_lists.Version, _lists.Digest, _lists.Body.Length);
                }
            }

            await news.WaitAsync(cancel);
        }
    }

    private void Change(IEnumerable<(ScopeOrderFields? Order, string? Ended)> changes) =>
        Wake(() => _changes.AddRange(changes));

    private void Wake(Action change)
    {
        TaskCompletionSource told;
        lock (_gate)
        {
            change();
            told = _news;
            _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        told.SetResult();
    }
}
