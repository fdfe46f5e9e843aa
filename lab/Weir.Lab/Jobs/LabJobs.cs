// SPDX-License-Identifier: Apache-2.0
namespace Weir.Lab.Jobs;

/// <summary>What bots do besides calling home, and in which order.</summary>
public enum LabJobs
{
    /// <summary>Nothing: they beacon from infection to the end.</summary>
    None,

    /// <summary>Jobs drawn for each net and bot; C&amp;Cs come before what they order.</summary>
    Usual,

    /// <summary>Adverse: a bot visits advertising first and contacts its C&amp;Cs an hour later.</summary>
    LateCommand,

    /// <summary>Adverse: most bots are infected before the run, and a campaign runs from its first minute.</summary>
    CampaignFirst,

    /// <summary>Adverse: an update host is contacted first and regularly, as a C&amp;C would be.</summary>
    UpdateFirst,

    /// <summary>As usual, and the first net has no server at all: its bots speak with peers, each with others, and the
    /// list knows some of its bots by what infected them.</summary>
    PeersOnly,
}

/// <summary>What an endpoint is to the botnet that uses it.</summary>
internal enum EndpointRole : byte
{
    None,
    Command,
    Advert,
    MailExchange,
    Victim,
    Download,

    /// <summary>Brings the malware, once, before anything else; serves several nets.</summary>
    Downloader,
    Peer,
    Pool,
    Update,

    /// <summary>Of ordinary people who share files; of no botnet.</summary>
    Swarm,

    /// <summary>Of a real bot: answered and of no role that its source names.</summary>
    Other,
}

/// <summary>What one conversation with an endpoint looks like.</summary>
/// <param name="Packets">Packets each way, the median.</param>
/// <param name="OctetsOut">Octets of an outbound packet.</param>
/// <param name="OctetsIn">Octets of an inbound packet.</param>
/// <param name="DurationMs">Length.</param>
/// <param name="Spread">Sigma of the lognormal packet count; 0 = always the same.</param>
internal readonly record struct Shape(int Packets, int OctetsOut, int OctetsIn, int DurationMs, double Spread)
{
    public static readonly Shape Beacon = new(6, 90, 160, 1_500, 0.2);
    public static readonly Shape Datagram = new(2, 80, 90, 200, 0.2);
    public static readonly Shape Page = new(12, 150, 800, 2_500, 1.1);
    public static readonly Shape Mail = new(20, 420, 90, 3_000, 0.5);
    public static readonly Shape File = new(900, 60, 1_300, 20_000, 0.4);
    public static readonly Shape Gossip = new(3, 120, 140, 400, 0.5);
}

/// <summary>How a C&amp;C speaks with its bots.</summary>
/// <param name="Shape">One conversation.</param>
/// <param name="PeriodMs">Mean time from one to the next.</param>
/// <param name="Jitter">0.1 = ± 10 %.</param>
/// <param name="FromMs">When the C&amp;C is first there.</param>
/// <param name="UntilMs">When it is gone.</param>
internal sealed record Channel(Shape Shape, double PeriodMs, double Jitter, long FromMs, long UntilMs);

/// <summary>Something a net is told to do, once.</summary>
/// <param name="Kind">What.</param>
/// <param name="FromMs">Begin.</param>
/// <param name="UntilMs">End.</param>
/// <param name="Places">Where; empty where targets are nobody's in particular.</param>
/// <param name="Share">Chance that a bot that is awake visits a place.</param>
/// <param name="Visits">Times it does.</param>
internal sealed record JobOrder(
    JobKind Kind, long FromMs, long UntilMs, IReadOnlyList<Population.SimulatedEndpoint> Places, double Share,
    int Visits);

/// <summary>Kinds of orders.</summary>
internal enum JobKind : byte
{
    Visits,
    Spam,
    Scan,
    Flood,
    Download,
    Proxy,
}
