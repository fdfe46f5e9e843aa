// SPDX-License-Identifier: Apache-2.0
//
// Identity as a whole: opens the store and takes back what it kept, opens every source, and runs them until cancelled.
// A source that cannot be opened refuses the start; a file that is missing later is tried again and told.
using System.Data.Common;
using System.Net;
using Microsoft.Extensions.Logging;
using Weir.Hosting.Auditing;
using Weir.Hosting.Erasing;
using Weir.Hosting.Files;
using Weir.Vault.Identity.Cgnat;
using Weir.Vault.Identity.Dhcp;
using Weir.Vault.Identity.Ipam;
using Weir.Vault.Identity.Keeping;
using Weir.Vault.Identity.Radius;
using Weir.Vault.Identity.Records;
using Weir.Vault.Identity.Tables;

namespace Weir.Vault.Identity.Intake;

/// <summary>Runs the sources of identity and keeps what they tell.</summary>
public sealed class IdentityIntake : IDisposable
{
    private static readonly TimeSpan RecordPace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ExpiryPace = TimeSpan.FromMinutes(10);

    private readonly IdentityOptions _options;
    private readonly SubscriberLineNamer _naming;
    private readonly TimeProvider _time;
    private readonly ILogger<IdentityIntake> _log;
    private readonly RadiusOptions _radius;
    private readonly IdentityLedger _ledger;
    private readonly AccountingRefusalLog? _refusals;
    private readonly List<IDisposable> _open = [];
    private readonly List<Func<CancellationToken, Task>> _runs = [];

    private IdentityIntake(
        IdentityOptions options, ReadOnlySpan<byte> salt, TimeProvider time, ILogger<IdentityIntake> log,
        IAuditLog? record, ErasureClock? erasing)
    {
        (_options, _naming, _time, _log) = (options, new SubscriberLineNamer(salt), time, log);
        var seal = options.KeepsSessions ? new SessionSeal(salt) : null;
        _refusals = record is null ? null : new AccountingRefusalLog(record, time);
        _radius = new RadiusOptions
        {
            InterimInterval = options.InterimInterval,
            ReplayWindow = options.ReplayWindow,
            MaxSessions = options.MaxHoldings,
            Identifications = seal
        };
        Table = new IdentityTable(options, time, erasing);
        _ledger = new IdentityLedger(
            Table, _radius, Counters, options.Store is { } path ? IdentityStore.Open(path) : null);
        _open.Add(_ledger);
        Sessions = seal is null ? new NoSubscriberSessions() : new SubscriberSessions(_ledger, seal);
    }

    public IdentityTable Table { get; }

    internal ISubscriberSessions Sessions { get; }

    public IdentityCounters Counters { get; } = new();

    /// <summary>Where the listening sources listen, by name.</summary>
    public IReadOnlyDictionary<string, IPEndPoint> Listeners => _listeners;

    private readonly Dictionary<string, IPEndPoint> _listeners = [];

    /// <summary>Opens store and sources, and forgets what grew too old while nobody ran.</summary>
    /// <param name="options">Store, sources, terms.</param>
    /// <param name="salt">The vault's salt for line names, at least 16 octets, the same at every start.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Takes what goes wrong; no address, no name.</param>
    /// <param name="record">The vault's own record, which refused accounting goes to, counted; null for none.</param>
    /// <param name="erasing">The time by which is forgotten; null for the clock.</param>
    /// <exception cref="IdentityException">A source or the store cannot be opened.</exception>
    public static IdentityIntake Open(
        IdentityOptions options, ReadOnlySpan<byte> salt, TimeProvider time, ILogger<IdentityIntake> log,
        IAuditLog? record = null, ErasureClock? erasing = null)
    {
        var keeper = new IdentityIntake(options, salt, time, log, record, erasing);
        try
        {
            keeper.Counters.Expired += keeper._ledger.Expire();
            foreach (var source in options.Sources)
            {
                keeper.Add(source);
            }

            return keeper;
        }
        catch
        {
            keeper.Dispose();
            throw;
        }
    }

    /// <summary>Runs every source until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var running = _runs.Select(run => run(stop.Token))
            .Append(ExpireAsync(stop.Token)).Append(RecordRefusalsAsync(stop.Token)).ToArray();
        _ = await Task.WhenAny(running);
        await stop.CancelAsync();
        await Task.WhenAll(running);
    }

    public void Dispose()
    {
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            _open[i].Dispose();
        }
    }

    private void Add(IdentitySourceOptions source)
    {
        var counters = Counters.ForSource(source.Name);
        var table = Table;
        switch (source.Kind)
        {
            case IdentityKind.Radius:
                Listen(source);
                break;
            case IdentityKind.RadiusCapture:
                var intake = new RadiusIntake(
                    _ledger.Sessions, _radius with { LineFrom = source.LineFrom }, _naming, Counters.Radius,
                    source.SecretFile is { } file ? RadiusSecrets.ReadFile(file) : null, _refusals);
                _runs.Add(cancel => ReadCaptureAsync(source, intake, counters, cancel));
                break;
            case IdentityKind.RadiusDetail:
                Follow(source, new RadiusDetail(_ledger.Sessions, source.LineFrom, _naming, Counters.Radius), counters);
                break;
            case IdentityKind.Kea:
                Follow(source, new KeaDhcpLeases(new DhcpLeaseTracker(table, counters), counters, _naming), counters);
                break;
            case IdentityKind.Isc:
                Follow(source, new IscDhcpLeases(new DhcpLeaseTracker(table, counters), counters, _naming), counters);
                break;
            case IdentityKind.PortBlocks:
                Follow(source, new PortBlockCsv(new PortBlockTracker(table, counters), counters, _naming), counters);
                break;
            case IdentityKind.Syslog:
                Follow(source, Syslog(source, counters, live: false), counters);
                break;
            case IdentityKind.SyslogUdp:
                var lines = Syslog(source, counters, live: true);
                Listen(source, new IPEndPoint(IPAddress.Loopback, 514), (datagram, _, at) => lines.HandleLine(
                    System.Text.Encoding.UTF8.GetString(datagram).TrimEnd('\n', '\r', '\0'), at, long.MinValue));
                break;
            case IdentityKind.NatIpfix:
                Listen(
                    source, new IPEndPoint(IPAddress.Loopback, 4740),
                    new NatIntake(new PortBlockTracker(table, counters), counters, source.Exporters).Handle);
                break;
            case IdentityKind.Plan:
                _runs.Add(cancel => FollowPlanAsync(source, counters, cancel));
                break;
            default:
                throw new IdentityException($"{source.Name}: {source.Kind} is no kind of source");
        }
    }

    private SyslogPortBlocks Syslog(IdentitySourceOptions source, RecordCounters counters, bool live) =>
        new(
            new PortBlockTracker(Table, counters), counters, _naming,
            [
                .. source.Patterns.Select(own => new SyslogPattern(own.Name, own.Expression)),
                .. SyslogPattern.BuiltIn,
            ], live);

    private void Listen(IdentitySourceOptions source)
    {
        if (source.SecretFile is not { } secrets)
        {
            throw new IdentityException($"the source {source.Name} takes RADIUS and has no secret-file; name a file "
                + "of `192.0.2.0/24 secret` lines");
        }

        var listener = new RadiusListener(
            source.Listen ?? new IPEndPoint(IPAddress.Loopback, 1813), _ledger,
            _radius with { LineFrom = source.LineFrom },
            _naming, RadiusSecrets.ReadFile(secrets), _time, _log, _refusals);
        _open.Add(listener);
        _listeners[source.Name] = listener.LocalEndPoint;
        _runs.Add(listener.RunAsync);
    }

    private void Listen(IdentitySourceOptions source, IPEndPoint usual, DatagramCallback take)
    {
        var listener = new DatagramListener(source.Listen ?? usual, _ledger, take, _time, _log);
        _open.Add(listener);
        _listeners[source.Name] = listener.LocalEndPoint;
        _runs.Add(listener.RunAsync);
    }

    private void Follow(IdentitySourceOptions source, ITextLineHandler taker, RecordCounters counters)
    {
        var file = new FollowedFile(PathOf(source), taker, _time);
        _open.Add(file);
        _runs.Add(cancel => PollAsync(source, counters, () => PollFile(source, file, counters), cancel, () =>
        {
            if (source.Kind == IdentityKind.Kea)
            {
                ReadBefore(source, taker);
            }

            var (inode, octets) = _ledger.PlaceOf(source.Name);
            file.Resume(inode, octets);
        }));
    }

    /// <summary>What Kea moved aside while it cleans up: leases that stand in these files alone until
    /// it starts again.</summary>
    private void ReadBefore(IdentitySourceOptions source, ITextLineHandler taker)
    {
        var path = PathOf(source);
        foreach (var before in new[] { $"{path}.{(File.Exists(path + ".completed") ? "completed" : "2")}", $"{path}.1" }
            .Where(File.Exists))
        {
            using var file = new FollowedFile(before, taker, _time);
            _ledger.Update(() => file.Poll());
        }
    }

    private void PollFile(IdentitySourceOptions source, FollowedFile file, RecordCounters counters)
    {
        var lines = 0;
        var tooLong = file.LinesTooLong;
        _ledger.Update(() => lines = file.Poll());
        counters.Received += file.LinesTooLong - tooLong;
        counters.Malformed += file.LinesTooLong - tooLong;
        if (lines > 0)
        {
            _ledger.SetPlace(source.Name, file.Inode, file.Taken);
        }
    }

    private async Task FollowPlanAsync(IdentitySourceOptions source, RecordCounters counters, CancellationToken cancel)
    {
        var seen = (default(DateTime), 0L);
        await PollAsync(source, counters, () =>
        {
            var file = new FileInfo(PathOf(source));
            var now = (file.LastWriteTimeUtc, file.Exists
                ? file.Length
                : throw new FileNotFoundException($"{file.FullName} is not there"));
            if (now != seen)
            {
                Table.Replace(AddressPlanCsv.Read(OrdinaryFile.Lines(file.FullName), source.Name, _naming, counters));
                seen = now;
            }
        }, cancel);
    }

    private async Task ReadCaptureAsync(
        IdentitySourceOptions source, RadiusIntake intake, RecordCounters counters, CancellationToken cancel)
    {
        try
        {
            _ledger.Update(() => RadiusCapture.Read(PathOf(source), intake));
        }
        catch (Exception fault)
            when (fault is IOException or UnauthorizedAccessException or IdentityException or DbException)
        {
            counters.Unreadable++;
            _log.SourceUnreadable(source.Name, fault.Message);
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancel)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task PollAsync(
        IdentitySourceOptions source, RecordCounters counters, Action look, CancellationToken cancel,
        Action? begin = null)
    {
        using var timer = new PeriodicTimer(source.Poll, _time);
        try
        {
            do
            {
                try
                {
                    begin?.Invoke();
                    begin = null;
                    look();
                }
                catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or IdentityException)
                {
                    // Told once, not at every look.
                    if (counters.Unreadable++ == 0)
                    {
                        _log.SourceUnreadable(source.Name, fault.Message);
                    }
                }
                catch (DbException fault)
                {
                    Counters.StoreFailures++;
                    _log.StoreFails(fault.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(cancel));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
        }
    }

    /// <summary>What was refused goes on record; what cannot be written waits. At the end
    /// nothing is left out.</summary>
    private async Task RecordRefusalsAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(RecordPace, _time);
        for (var ended = false; !ended;)
        {
            try
            {
                ended = !await timer.WaitForNextTickAsync(cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                ended = true;
            }

            try
            {
                await (_refusals?.WriteAsync(everything: ended, CancellationToken.None) ?? Task.CompletedTask);
            }
            catch (AuditException fault)
            {
                _log.StoreFails(fault.Message);
            }
        }
    }

    private async Task ExpireAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(ExpiryPace, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
            {
                try
                {
                    var gone = _ledger.Expire();
                    Counters.Expired += gone;
                    if (gone > 0)
                    {
                        _log.Expired(gone);
                    }
                }
                catch (DbException fault)
                {
                    Counters.StoreFailures++;
                    _log.StoreFails(fault.Message);
                }
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
        }
    }

    private static string PathOf(IdentitySourceOptions source) =>
        source.Path
        ?? throw new IdentityException($"the source {source.Name} is a {source.Kind} and has no path; name its file");
}
