// SPDX-License-Identifier: Apache-2.0
//
// The fixed reports of the population plane: there is no query language, and nobody can add one at run time (rules.md
// R11, examples 10, 11, 17). Each is about one UTC day, so that no two answers of it overlap. All of them count
// distinct subjects that sent something; what only arrives (scans from outside) says nothing about a subscriber.
namespace Weir.Store.Population;

/// <summary>What a report's cells count subjects by.</summary>
public enum PopulationKey : byte
{
    /// <summary>Remote port with its protocol.</summary>
    RemotePort = 1,
    Protocol,

    /// <summary>One remote endpoint, named in the question.</summary>
    Endpoint,

    /// <summary>Access type: each subject is in exactly one cell.</summary>
    Access,

    /// <summary>Hour of the day.</summary>
    Hour,
}

/// <summary>One fixed report.</summary>
/// <param name="Name">As it is asked for.</param>
/// <param name="Key">What its lines are.</param>
/// <param name="Tells">What it tells, one sentence.</param>
public sealed record PopulationReport(string Name, PopulationKey Key, string Tells)
{
    /// <summary>All there are.</summary>
    public static IReadOnlyList<PopulationReport> All { get; } =
    [
        new(
            "top-remote-ports", PopulationKey.RemotePort, "Subjects that sent to a remote port, by port, in one day."),
        new("protocols", PopulationKey.Protocol, "Subjects that used an IP protocol, by protocol, in one day."),
        new("endpoint-contacts", PopulationKey.Endpoint,
            "Subjects that sent to one listed or found endpoint in one day."),
        new("access-mix", PopulationKey.Access, "Active subjects by access type in one day."),
        new("busy-hours", PopulationKey.Hour, "Active subjects in each hour of one day (UTC)."),
    ];

    /// <summary>Whether each subject is in exactly one line, so that the lines add up to the base.</summary>
    public bool IsPartition => Key == PopulationKey.Access;

    /// <summary>Whether it can be asked for one network group. Access by group is a two-way table whose every margin
    /// would be out; it is told for the whole alone.</summary>
    public bool IsByGroup => Key != PopulationKey.Access;

    /// <summary>Whether its lines are known beforehand. Of the others a line that is withheld is left out, since its
    /// name alone would say that somebody was there.</summary>
    public bool NamesItsLines => Key is PopulationKey.Endpoint or PopulationKey.Access or PopulationKey.Hour;

    public static PopulationReport? Find(string name) => All.FirstOrDefault(r => r.Name == name);
}
