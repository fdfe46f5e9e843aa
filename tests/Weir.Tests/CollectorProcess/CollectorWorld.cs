// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Weir.Cli.Configuring;
using Weir.Collector.Composing;
using Weir.Collector.Detecting;
using Weir.Collector.Digesting;
using Weir.Collector.Keys;
using Weir.Collector.Running;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Signing;
using Weir.Hosting.Auditing;
using Weir.Hosting.Health;
using Weir.Hosting.Outboxes;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Memory;
using Weir.Hosting.Spooling;
using Weir.Tests.Hosting;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.CollectorProcess;

/// <summary>A collector process with a scripted desk and store around it, and a clock that the test moves.</summary>
internal sealed class CollectorWorld : IAsyncDisposable
{
    public const string Line = "10.0.0.7";
    public const string Victim = "203.0.113.9";

    private readonly List<Collector.Composing.CollectorProcess> _running = [];
    private readonly UdpClient _sender = new(AddressFamily.InterNetwork);
    private uint _sequence;

    public CollectorWorld()
    {
        Clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
        Health = new HealthRegistry(Clock);
        Peers = new MemoryPeers(Clock, Counted.Meters, Logs);
        Ring = new PublicKeyRing(ScopeGrounds.Kinds, [(new KeyHolder("collector", "collector"), Key.Public)]);
        Peers.Start("desk", Desk.Routes());
        Peers.Start("store", Store.Routes());
    }

    public FakeTimeProvider Clock { get; }

    public Counted Counted { get; } = new();

    public Logged Logs { get; } = new();

    public HealthRegistry Health { get; }

    public MemoryPeers Peers { get; }

    public ScriptedDesk Desk { get; } = new();

    public ScriptedStore Store { get; } = new();

    public SigningKey Key { get; } = SigningKey.Create();

    public PublicKeyRing Ring { get; }

    public string Folder { get; } = Directory.CreateTempSubdirectory("weir-collector-").FullName;

    public long NowMs => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>By how much the exporter's clock is behind.</summary>
    public TimeSpan Behind { get; set; }

    private long ExporterMs => NowMs - (long)Behind.TotalMilliseconds;

    public WeirConfiguration Settings => new()
    {
        Collecting = new() { Listen = [new IPEndPoint(IPAddress.Loopback, 0)], ReceiveBuffer = 1 << 20 },
        Decoding = new()
        {
            ActiveTimeout = TimeSpan.FromSeconds(60), ClockTolerance = null,
            TemplateFile = Path.Combine(Folder, "templates"),
        },
        Attributing = new() { Networks = [new() { Prefix = Prefix.Parse("10.0.0.0/8") }] },
        Detecting = new() { Subjects = 2_000, Details = 256 },
        Digesting = DigestOptions.ForPairs(10_000) with { FlushInterval = TimeSpan.FromSeconds(10) },
        Evidence = new() { Directory = Folder, Size = 8 << 20 },
        Store = new() { RetentionDays = 30 },
    };

    public CollectorProcessOptions Options() => new()
    {
        Name = "collector",
        Key = Key,
        Ring = Ring,
        Desk = Peers.Client(new Peer("collector", PeerRoles.Collector), "desk"),
        Store = Peers.Client(new Peer("collector", PeerRoles.Collector), "store"),
        Keys = new ClearSubjects(),
        Settings = Settings,
        Folder = Folder,
        Flows = new FlowsOptions
        {
            Shards = 2,
            IsOpen = true,
            LanesEnd = TimeSpan.FromSeconds(3),
            ShardsEnd = TimeSpan.FromSeconds(3),
        },
        Segments = new() { Spool = new SpoolOptions { Directory = Folder, MinimumFree = 0, Durable = false } },
        Events = new() { Folder = Path.Combine(Folder, "events"), StopPatience = TimeSpan.FromSeconds(3) },
        Time = Clock,
        Logs = Logs,
        Meters = Counted.Meters,
        Health = Health,
    };

    public async Task<Collector.Composing.CollectorProcess> StartAsync(
        Func<CollectorProcessOptions, CollectorProcessOptions>? change = null)
    {
        var options = Options();
        var process = await Collector.Composing.CollectorProcess.StartAsync(
            change is null ? options : change(options), CancellationToken.None);
        _running.Add(process);
        return process;
    }

    /// <summary>Lets time pass in steps of a second, and gives the process room to work.</summary>
    public Task PassAsync(TimeSpan time, TimeSpan? step = null)
    {
        var end = Clock.GetUtcNow() + time;
        return UntilAsync(() => Clock.GetUtcNow() >= end, "time passes", step ?? TimeSpan.FromSeconds(1));
    }

    /// <summary>Lets time pass until something is so.</summary>
    public Task UntilAsync(Func<bool> isSo, string what, TimeSpan? step = null) => Until.IsSoAsync(
        () =>
        {
            if (isSo())
            {
                return Task.FromResult(true);
            }

            Clock.Advance(step ?? TimeSpan.FromMilliseconds(250));
            return Task.FromResult(false);
        },
        what, told: () => $"{Logs.All}\n{Counted.All}\n{Health.Read().ToJson()}");

    /// <summary>Sends a NetFlow 5 datagram with flows of one kind.</summary>
    public Task SendAsync(
        Collector.Composing.CollectorProcess to, int flows, uint packets = 10, int port = 7703, long? startMs = null,
        long? endMs = null, bool isAnswer = false)
    {
        var begun = startMs ?? ExporterMs - 30_000;
        return _sender.SendAsync(
            V5(flows, packets, port, (begun, endMs ?? begun + 1_000), isAnswer), to.Listeners[0]).AsTask();
    }

    /// <summary>The exporter sends flows that nobody hears.</summary>
    public void Lose(int flows) => _sequence += (uint)flows;

    /// <summary>An event of this world's line, as the rules would raise it.</summary>
    public QualityEvent Flood(ulong number, string subject = Line, EventPhase phase = EventPhase.Opened) => new()
    {
        Number = number,
        Phase = phase,
        Subject = new SubjectKey(IpKey.Parse(subject).Bits),
        Rule = RuleId.FloodOut,
        RuleVersion = 1,
        Class = TrafficClass.Create(Direction.Out, Protocols.Udp, [7703], [IpKey.Parse(Victim)]),
        FromMs = NowMs - 60_000,
        UntilMs = NowMs,
        TriggeredMs = NowMs,
        Measured = 80_000,
        Threshold = 20_000,
        Unit = "packets/s",
        WindowSeconds = 30,
        SamplingInterval = 1,
        Exporter = IpKey.Parse("192.0.2.1"),
    };

    public static void Raise(Collector.Composing.CollectorProcess process, params QualityEvent[] events)
    {
        var sink = process.Services.GetRequiredService<IQualityEventSink>();
        Array.ForEach(events, sink.Handle);
    }

    public static OutboxState Outbox(Collector.Composing.CollectorProcess process) =>
        process.Services.GetRequiredService<Outbox>().State;

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _running)
        {
            await process.DisposeAsync();
        }

        Peers.Dispose();
        Counted.Dispose();
        Key.Dispose();
        _sender.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private byte[] V5(int flows, uint packets, int port, (long StartMs, long EndMs) span, bool isAnswer)
    {
        const uint Uptime = 3_600_000;
        var datagram = new byte[24 + (48 * flows)];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, 5);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), (ushort)flows);
        BinaryPrimitives.WriteUInt32BigEndian(datagram.AsSpan(4), Uptime);
        BinaryPrimitives.WriteUInt32BigEndian(datagram.AsSpan(8), (uint)(ExporterMs / 1_000));
        BinaryPrimitives.WriteUInt32BigEndian(datagram.AsSpan(12), (uint)(ExporterMs % 1_000 * 1_000_000));
        BinaryPrimitives.WriteUInt32BigEndian(datagram.AsSpan(16), _sequence);
        _sequence += (uint)flows;
        for (var i = 0; i < flows; i++)
        {
            var record = datagram.AsSpan(24 + (48 * i), 48);
            IPAddress.Parse(isAnswer ? Victim : Line).GetAddressBytes().CopyTo(record);
            IPAddress.Parse(isAnswer ? Line : Victim).GetAddressBytes().CopyTo(record[4..]);
            BinaryPrimitives.WriteUInt32BigEndian(record[16..], packets);
            BinaryPrimitives.WriteUInt32BigEndian(record[20..], packets * 100);
            BinaryPrimitives.WriteUInt32BigEndian(record[24..], (uint)(Uptime - (ExporterMs - span.StartMs)));
            BinaryPrimitives.WriteUInt32BigEndian(record[28..], (uint)(Uptime - (ExporterMs - span.EndMs)));
            BinaryPrimitives.WriteUInt16BigEndian(record[(isAnswer ? 34 : 32)..], (ushort)(40_000 + i));
            BinaryPrimitives.WriteUInt16BigEndian(record[(isAnswer ? 32 : 34)..], (ushort)port);
            record[38] = Protocols.Udp;
        }

        return datagram;
    }
}
