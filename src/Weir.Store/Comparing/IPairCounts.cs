// SPDX-License-Identifier: Apache-2.0
//
// The seam to the flow store. The store counts; what comes back is only what the cases touched, plus one row of
// activity for each subject. Everything counts distinct subjects, never flows or octets (statistics.md B.1), and no
// answer depends on row order.
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Store.Comparing;

/// <summary>A span of time over the pair digests.</summary>
/// <param name="FromMs">First millisecond since the UNIX epoch, UTC. Digests are by the hour: an hour that overlaps the
/// window is in it.</param>
/// <param name="UntilMs">End, exclusive.</param>
/// <param name="TwoWayOnly">A contact counts only where packets went both ways; under sampling any packets do.</param>
public readonly record struct PairWindow(long FromMs, long UntilMs, bool TwoWayOnly = true)
{
    public long LengthMs => UntilMs - FromMs;

    /// <summary>Starts of hours after this one, seconds since the UNIX epoch, are in it.</summary>
    public long AfterSeconds => Math.Max(0, (FromMs - 3_600_000) / 1_000);

    /// <summary>Starts of hours before this one, seconds since the UNIX epoch, are in it.</summary>
    public long BeforeSeconds => (UntilMs + 999) / 1_000;

    /// <summary>Whether the hour that starts then, seconds since the UNIX epoch, overlaps it.</summary>
    public bool Holds(uint hourSeconds) => hourSeconds > AfterSeconds && hourSeconds < BeforeSeconds;
}

/// <summary>What is tested as one: each unit is a family of its own.</summary>
public enum EndpointUnit : byte
{
    /// <summary>Protocol, address, port. Port 0, a remote that was the client or a protocol without ports, is left out
    /// here and stays in the roll-ups.</summary>
    Endpoint,

    /// <summary>Address.</summary>
    Address,

    /// <summary>IPv4 /24 or IPv6 /48.</summary>
    Network,
}

/// <summary>A family of hypotheses: the window, what is tested as one, and what is left out.</summary>
/// <param name="Window">Where contacts are counted.</param>
/// <param name="Unit">Keys are <see cref="Endpoint"/>s whose parts beyond the unit are 0.</param>
/// <param name="Listed">Watchlist endpoints: left out as they are; roll-ups leave out their whole address.</param>
/// <param name="Benign">Networks of benign infrastructure, left out everywhere.</param>
public sealed record FamilyQuery(
    PairWindow Window, EndpointUnit Unit, IReadOnlyCollection<Endpoint> Listed, IReadOnlyCollection<Prefix> Benign)
{
    private const int MappedBits = 96;

    /// <summary>The key under which an endpoint is counted.</summary>
    public static Endpoint KeyOf(Endpoint endpoint, EndpointUnit unit) => unit switch
    {
        EndpointUnit.Endpoint => endpoint,
        EndpointUnit.Address => new(endpoint.Address, 0, 0),
        _ => new(Prefix.From(endpoint.Address, endpoint.Address.IsV4 ? MappedBits + 24 : 48).Network, 0, 0),
    };
}

/// <summary>What a subject did in the window.</summary>
/// <param name="Subject">Pseudonym.</param>
/// <param name="Endpoints">Distinct endpoints contacted: the subject's activity.</param>
/// <param name="Access">Kind of line; subjects are compared with others of the same one. 0 = not told apart.</param>
public readonly record struct SubjectActivity(SubjectKey Subject, int Endpoints, byte Access = 0);

/// <summary>A subject's place in the comparison.</summary>
public readonly record struct StratumAssignment(SubjectKey Subject, ushort Stratum);

/// <summary>A subject labelled as a case under a numbering of labels: 0 is the truth, others are
/// permutations.</summary>
public readonly record struct Label(SubjectKey Subject, ushort Permutation);

/// <summary>Distinct subjects so labelled that contact an endpoint.</summary>
public readonly record struct LabelCount(ushort Permutation, Endpoint Key, int Subjects);

/// <summary>Distinct subjects of a stratum that contact an endpoint, cases included.</summary>
public readonly record struct StratumCount(Endpoint Key, ushort Stratum, int Subjects);

/// <summary>Distinct subjects of the whole population, but for those named, that contact an endpoint.</summary>
public readonly record struct OthersCount(Endpoint Key, int Subjects);

/// <summary>When a subject contacted an endpoint first and last, milliseconds since the UNIX epoch.</summary>
public readonly record struct PairContact(SubjectKey Subject, Endpoint Key, long FirstMs, long LastMs);

/// <summary>One row of the digests: what a subject exchanged with an endpoint in an hour, as coarse as it is ranked
/// by.</summary>
/// <param name="Subject">Pseudonym.</param>
/// <param name="Key">Endpoint.</param>
/// <param name="FirstMs">First contact of the row, milliseconds since the UNIX epoch.</param>
/// <param name="LastMs">Last.</param>
/// <param name="Flows">Flow records, 65,535 at most.</param>
/// <param name="Volume">Octets both ways: quarters of an octave, see <see cref="PairVolume"/>.</param>
public readonly record struct PairHour(
    SubjectKey Subject, Endpoint Key, long FirstMs, long LastMs, ushort Flows, byte Volume);

/// <summary>An hour in which a subject contacted anything.</summary>
/// <param name="Subject">Pseudonym.</param>
/// <param name="Hour">Hours since the UNIX epoch.</param>
public readonly record struct ActiveHour(SubjectKey Subject, long Hour);

/// <summary>A subject and a rare peer of it.</summary>
public readonly record struct PeerUse(SubjectKey Subject, Endpoint Peer)
{
    /// <summary>First port beyond those of well-known services (RFC 6335: system ports); rare peers have none below.
    /// </summary>
    public const ushort FirstPort = 1_024;
}

/// <summary>How many rows of the window are of a service.</summary>
public readonly record struct ServiceCount(ushort Port, byte Protocol, long Rows);

/// <summary>Octets as one octet: quarters of an octave, so that it is within a tenth.</summary>
public static class PairVolume
{
    private const double StepsPerOctave = 4;

    public static byte Of(ulong octets) =>
        octets == 0 ? (byte)0 : (byte)Math.Clamp(Math.Round(Math.Log2(octets) * StepsPerOctave), 1, 255);

    /// <summary>Logarithm to base 2 of the octets; 0 for none.</summary>
    public static double ToLog2(byte volume) => volume / StepsPerOctave;

    public static ushort Flows(ulong flows) => (ushort)Math.Min(flows, ushort.MaxValue);
}

/// <summary>Counts over the pair digests. Rows come in any order; keys without a row count 0.</summary>
public interface IPairCounts
{
    /// <summary>What the window held, whichever way packets went.</summary>
    Task<WindowTotals> TotalsAsync(PairWindow window, CancellationToken cancel);

    /// <summary>One row for each subject with a contact in the window.</summary>
    Task<IReadOnlyList<SubjectActivity>> ActivityAsync(PairWindow window, CancellationToken cancel);

    /// <summary>How many endpoints each subject contacts that at least so many subjects do; subjects with none may be
    /// left out.</summary>
    Task<IReadOnlyDictionary<SubjectKey, int>> OrdinaryActivityAsync(
        PairWindow window, int usedBy, CancellationToken cancel);

    /// <summary>First contact with anything in the window, by subject, for those named that have any.</summary>
    Task<IReadOnlyDictionary<SubjectKey, long>> FirstSeenAsync(
        PairWindow window, IReadOnlyList<SubjectKey> subjects, CancellationToken cancel);

    /// <summary>Keys contacted by at least so many subjects of the cohort: the family's size M.</summary>
    Task<long> FamilySizeAsync(
        FamilyQuery family, IReadOnlyList<StratumAssignment> cohort, int minimum, CancellationToken cancel);

    /// <summary>Keys contacted by at least <paramref name="minimum"/> subjects of one permutation's labels.</summary>
    Task<IReadOnlyList<LabelCount>> LabelCountsAsync(
        FamilyQuery family, IReadOnlyList<Label> labels, int minimum, CancellationToken cancel);

    /// <summary>Margins of the keys named, by stratum.</summary>
    Task<IReadOnlyList<StratumCount>> StratumCountsAsync(
        FamilyQuery family, IReadOnlyList<StratumAssignment> cohort, IReadOnlyList<Endpoint> keys,
        CancellationToken cancel);

    /// <summary>How many subjects outside <paramref name="leftOut"/> contact the keys named, over the
    /// whole population.</summary>
    Task<IReadOnlyList<OthersCount>> OthersAsync(
        FamilyQuery family, IReadOnlyList<SubjectKey> leftOut, IReadOnlyList<Endpoint> keys, CancellationToken cancel);

    /// <summary>Every row of the subjects named with the keys named, within the family's window; a pair may have
    /// several in an hour. For keys of <see cref="EndpointUnit.Endpoint"/> alone.</summary>
    Task<IReadOnlyList<PairHour>> HoursAsync(
        FamilyQuery family, IReadOnlyList<SubjectKey> subjects, IReadOnlyList<Endpoint> keys, CancellationToken cancel);

    /// <summary>Hours in which the subjects named contacted anything, each once.</summary>
    Task<IReadOnlyList<ActiveHour>> ActiveHoursAsync(
        PairWindow window, IReadOnlyList<SubjectKey> subjects, CancellationToken cancel);

    /// <summary>Rows of the window by port and protocol.</summary>
    Task<IReadOnlyList<ServiceCount>> ServicesAsync(PairWindow window, CancellationToken cancel);

    /// <summary>Endpoints of the family that from 2 to <paramref name="most"/> subjects of the cohort contact, on ports
    /// from <see cref="PeerUse.FirstPort"/> on, and who of the cohort does.</summary>
    /// <param name="family">Of endpoints.</param>
    /// <param name="cohort">Whose contacts count.</param>
    /// <param name="most">2 to 100.</param>
    /// <param name="cancel">Stops the question.</param>
    Task<IReadOnlyList<PeerUse>> PeersAsync(
        FamilyQuery family, IReadOnlyList<SubjectKey> cohort, int most, CancellationToken cancel);

    /// <summary>First and last contact of the subjects named with the keys named, within the family's window.</summary>
    Task<IReadOnlyList<PairContact>> ContactsAsync(
        FamilyQuery family, IReadOnlyList<SubjectKey> subjects, IReadOnlyList<Endpoint> keys, CancellationToken cancel);
}
