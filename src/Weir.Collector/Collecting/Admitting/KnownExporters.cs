// SPDX-License-Identifier: Apache-2.0
//
// Whose datagrams are decoded. Anybody can send to an open port, so outside a lab only exporters count that the
// configuration names, and where it is governed two people signed for it. Of others nothing is kept but how many there
// were, and of sixty-four their addresses: five thousand invented ones swelled the page of metrics to megabytes. Who
// comes over TLS and shows what proves nothing stands among them.
using Weir.Hosting.Peers.Certificates;
using Weir.Wire;

namespace Weir.Collector.Collecting.Admitting;

/// <summary>Why a datagram was not decoded, or a connection not taken.</summary>
public enum AdmissionFault : byte
{
    /// <summary>Its sender is in none of the networks.</summary>
    UnknownExporter = 1,

    /// <summary>Its sender is, and sends from another port.</summary>
    OtherPort,

    /// <summary>Its row names keys, and it does not come over TLS.</summary>
    NeedsTls,

    /// <summary>It came over TLS with a certificate of the authority, and its row does not name the key.</summary>
    UnnamedKey,

    /// <summary>It came over TLS and showed no certificate.</summary>
    NoCertificate,

    /// <summary>It showed one that the authority did not issue for a client.</summary>
    OtherAuthority,

    /// <summary>It showed one that is over, or not valid yet.</summary>
    OutOfDate,
}

/// <summary>A sender that is not decoded, as it stands.</summary>
/// <param name="Address">Of the sender; null for all that are not named together.</param>
/// <param name="Fault">Why.</param>
/// <param name="Datagrams">How many; over TCP and TLS connections.</param>
/// <param name="LastMs">Arrival of the last, milliseconds since the UNIX epoch.</param>
public sealed record UnlistedSender(IpKey? Address, AdmissionFault Fault, long Datagrams, long LastMs)
{
    /// <summary>The key that it showed last, of <see cref="AdmissionFault.UnnamedKey"/>; empty for others.</summary>
    public string Key { get; init; } = "";
}

/// <summary>The exporters that are named, and what came from others. Safe for any thread.</summary>
/// <param name="isOpen">Whether all are decoded while none is named: a lab.</param>
/// <param name="exporters">Those that are named.</param>
public sealed class KnownExporters(bool isOpen, IReadOnlyList<KnownExporterOptions> exporters)
{
    /// <summary>Senders that are told one by one.</summary>
    public const int MostNamed = 64;

    /// <summary>A sender that was not heard for so long gives its place to another.</summary>
    private const long ForgottenAfterMs = 3_600_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<(IpKey Address, AdmissionFault Fault), Tally> _named = [];
    private readonly Tally[] _others = new Tally[(int)AdmissionFault.OutOfDate + 1];
    private PrefixTable<KnownExporterOptions> _exporters = ToTable(exporters);
    private int _version;
    private long _lastMs;

    /// <summary>What came of one kind.</summary>
    private readonly record struct Tally(long Datagrams, long LastMs, string Key = "");

    /// <summary>Rises whenever other exporters are named.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>Whether nobody is named though somebody has to be: then nothing is decoded.</summary>
    public bool IsEmpty => !isOpen && Volatile.Read(ref _exporters).Count == 0;

    /// <summary>Arrival of the last datagram that was not decoded; 0 = none.</summary>
    public long LastUnlistedMs => Interlocked.Read(ref _lastMs);

    /// <summary>Names others from the next datagram on.</summary>
    public void Replace(IReadOnlyList<KnownExporterOptions> exporters)
    {
        Volatile.Write(ref _exporters, ToTable(exporters));
        Interlocked.Increment(ref _version);
    }

    /// <summary>What is said of an exporter; the longest match counts. Null where it is not named.</summary>
    public KnownExporterOptions? Find(IpKey exporter) => Volatile.Read(ref _exporters).Find(exporter);

    /// <summary>Whether the configuration names one exporter and, of it, a domain or a port: then a further stream of
    /// it is expected.</summary>
    public bool Names(IpKey exporter, uint domain, ushort port) =>
        Find(exporter) is { } terms && (terms.Domains.Contains(domain) || terms.SourcePort == port);

    /// <summary>Whether an exporter may be decoded at all.</summary>
    public bool IsNamed(IpKey exporter) => IsOpenToAll || Find(exporter) is not null;

    private bool IsOpenToAll => isOpen && Volatile.Read(ref _exporters).Count == 0;

    /// <summary>Domains of an exporter that are decoded; null for all.</summary>
    public IReadOnlySet<uint>? DomainsOf(IpKey exporter) =>
        Find(exporter) is { Domains: { Count: > 0 } domains } ? domains.ToHashSet() : null;

    /// <summary>Whether a datagram is decoded; one that is not is counted.</summary>
    /// <param name="exporter">Who sent it.</param>
    /// <param name="port">From which UDP port.</param>
    /// <param name="arrivedAtMs">When it came.</param>
    public bool Admit(IpKey exporter, ushort port, long arrivedAtMs)
    {
        var terms = Find(exporter);
        if (terms is null && !IsOpenToAll)
        {
            Count(exporter, AdmissionFault.UnknownExporter, arrivedAtMs);
            return false;
        }

        if (terms?.SourcePort is { } wanted && wanted != port)
        {
            Count(exporter, AdmissionFault.OtherPort, arrivedAtMs);
            return false;
        }

        if (IsBound(terms))
        {
            Count(exporter, AdmissionFault.NeedsTls, arrivedAtMs);
            return false;
        }

        return true;
    }

    /// <summary>Why a connection of an exporter is not taken; null where it is. One that is not is counted.</summary>
    public AdmissionFault? AdmitSession(IpKey exporter, ExportTransport transport, long arrivedAtMs)
    {
        var fault = FaultOf(exporter, transport);
        if (fault is { } why)
        {
            Count(exporter, why, arrivedAtMs);
        }

        return fault;
    }

    /// <summary>Counts a connection over TLS that was refused for what it showed.</summary>
    /// <param name="exporter">Who came.</param>
    /// <param name="why">As <see cref="ToName"/> has it; what is none of these is counted elsewhere.</param>
    /// <param name="key">The key that it showed, by its fingerprint; empty for none.</param>
    /// <param name="arrivedAtMs">When it came.</param>
    public void CountShown(IpKey exporter, string why, string key, long arrivedAtMs)
    {
        foreach (var fault in Shown.Where(one => ToName(one) == why))
        {
            Count(exporter, fault, arrivedAtMs, fault == AdmissionFault.UnnamedKey ? key : "");
        }
    }

    /// <summary>Whether an exporter may have a connection, and keep the one it has.</summary>
    public bool TakesSession(IpKey exporter, ExportTransport transport) => FaultOf(exporter, transport) is null;

    /// <summary>Whether an exporter's row names the key of a certificate; in a lab any key will do where it names
    /// none.</summary>
    public bool HasKey(IpKey exporter, string keyPrint) => Find(exporter) is { } terms
        ? terms.HasKey(keyPrint) || (isOpen && terms.Keys.Count == 0)
        : IsOpenToAll;

    /// <summary>Senders that are not decoded: at most <see cref="MostNamed"/> by their addresses, the others together
    /// by why.</summary>
    public IReadOnlyList<UnlistedSender> List()
    {
        using (_gate.EnterScope())
        {
            return
            [
                .. _named.Select(one => new UnlistedSender(
                    one.Key.Address, one.Key.Fault, one.Value.Datagrams, one.Value.LastMs) { Key = one.Value.Key }),
                .. Enum.GetValues<AdmissionFault>().Where(fault => _others[(int)fault].Datagrams > 0)
                    .Select(fault => new UnlistedSender(
                        null, fault, _others[(int)fault].Datagrams, _others[(int)fault].LastMs)),
            ];
        }
    }

    /// <summary>Word of a reason, as metrics have it.</summary>
    public static string ToName(AdmissionFault fault) => fault switch
    {
        AdmissionFault.UnknownExporter => "unknown-exporter",
        AdmissionFault.OtherPort => "other-port",
        AdmissionFault.NeedsTls => "needs-tls",
        AdmissionFault.UnnamedKey => "unnamed-key",
        AdmissionFault.NoCertificate => "no-certificate",
        AdmissionFault.OtherAuthority => CertificateFaults.ToName(CertificateFault.OtherAuthority),
        AdmissionFault.OutOfDate => CertificateFaults.ToName(CertificateFault.OutOfDate),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "Not a reason."),
    };

    private static AdmissionFault[] Shown { get; } =
    [
        AdmissionFault.UnnamedKey, AdmissionFault.NoCertificate, AdmissionFault.OtherAuthority,
        AdmissionFault.OutOfDate,
    ];

    private AdmissionFault? FaultOf(IpKey exporter, ExportTransport transport)
    {
        var terms = Find(exporter);
        return terms is null && !IsOpenToAll ? AdmissionFault.UnknownExporter
            : transport != ExportTransport.Tls && IsBound(terms) ? AdmissionFault.NeedsTls
            : null;
    }

    /// <summary>Whether a row names keys: what comes in its name without one of them proves nothing.</summary>
    private bool IsBound(KnownExporterOptions? terms) => !isOpen && terms?.Keys.Count > 0;

    private static PrefixTable<KnownExporterOptions> ToTable(IReadOnlyList<KnownExporterOptions> exporters) =>
        new(exporters.Select(one => (one.Network, one)));

    private void Count(IpKey exporter, AdmissionFault fault, long arrivedAtMs, string key = "")
    {
        Interlocked.Exchange(ref _lastMs, Math.Max(1, arrivedAtMs));
        using (_gate.EnterScope())
        {
            if (_named.TryGetValue((exporter, fault), out var known))
            {
                _named[(exporter, fault)] = new(known.Datagrams + 1, arrivedAtMs, key);
            }
            else if (_named.Count < MostNamed || TryForget(arrivedAtMs))
            {
                _named.Add((exporter, fault), new(1, arrivedAtMs, key));
            }
            else
            {
                _others[(int)fault] = new(_others[(int)fault].Datagrams + 1, arrivedAtMs);
            }
        }
    }

    /// <summary>What was counted of a sender that is forgotten stays in the sum of the others.</summary>
    private bool TryForget(long nowMs)
    {
        var (oldest, count) = _named.MinBy(one => one.Value.LastMs);
        if (nowMs - count.LastMs < ForgottenAfterMs)
        {
            return false;
        }

        ref var others = ref _others[(int)oldest.Fault];
        others = new(others.Datagrams + count.Datagrams, Math.Max(others.LastMs, count.LastMs));
        return _named.Remove(oldest);
    }
}
