// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Desk.Cases.Records;

namespace Weir.Desk.Cases;

/// <summary>Why it cannot be told whether a silence means clean.</summary>
public enum DoubtKind : byte
{
    /// <summary>Coverage of the whole silence is not here yet.</summary>
    TooShort = 1,

    /// <summary>An exporter of the line delivered nothing for a time.</summary>
    ExporterSilent,

    /// <summary>No collector watched an exporter of the line for a time.</summary>
    NotWatched,

    /// <summary>Too much of what an exporter sent was lost on the way.</summary>
    Lost,

    /// <summary>No exporter of the line is known.</summary>
    NoExporter,

    /// <summary>The line was not seen active in every part of the silence.</summary>
    LineNotActive,

    /// <summary>The store, or the vault, cannot be asked now.</summary>
    NotAnswered,

    /// <summary>What a check saw is not counted any more, as when it is long over.</summary>
    NotCounted,
}

/// <summary>One reason, as the desk reads it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="What">The exporter, or who does not answer; empty for none.</param>
/// <param name="From">Since when; null where it has no time.</param>
/// <param name="Until">Until when.</param>
public sealed record RemediationDoubt(
    DoubtKind Kind, string What = "", DateTimeOffset? From = null, DateTimeOffset? Until = null)
{
    /// <summary>In an officer's words.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Words()}{Span()}");

    private string Words() => Kind switch
    {
        DoubtKind.TooShort => "what exporters delivered is not known for the whole silence yet",
        DoubtKind.ExporterSilent => $"exporter {What} delivered nothing",
        DoubtKind.NotWatched => $"no collector watched exporter {What}",
        DoubtKind.Lost => $"more than one part in a hundred of what exporter {What} sent was lost",
        DoubtKind.NoExporter => "no exporter of the line is known",
        DoubtKind.LineNotActive => "the line was not seen active in every part of the silence",
        DoubtKind.NotAnswered => $"the {What} does not answer",
        DoubtKind.NotCounted => "what its check saw is not counted any more; have it checked again",
        _ => throw new InvalidOperationException($"{Kind} is no doubt"),
    };

    private string Span() => From is { } from && Until is { } until
        ? string.Create(CultureInfo.InvariantCulture, $" from {from:u} to {until:u}")
        : "";
}

/// <summary>Whether a silence proves that a line is clean.</summary>
/// <param name="From">Begin of the watched part that counts: after the last gap.</param>
/// <param name="Until">Its end.</param>
/// <param name="Doubts">Why not; empty where it does.</param>
public sealed record RemediationVerdict(
    DateTimeOffset From, DateTimeOffset Until, IReadOnlyList<RemediationDoubt> Doubts)
{
    /// <summary>Watching worked, and the line was active.</summary>
    public bool IsProven => Doubts.Count == 0;

    /// <summary>Nothing speaks against it but that rows are still to come.</summary>
    public bool IsEarly => Doubts.Count > 0 && Doubts.All(doubt => doubt.Kind is DoubtKind.TooShort);

    public override string ToString() => string.Join("; ", Doubts);
}

/// <summary>The silence of a case's class, to be judged.</summary>
/// <param name="File">The case.</param>
/// <param name="Check">Its check.</param>
/// <param name="Since">From when it is silent.</param>
/// <param name="Until">Until when it may be looked at: now, or the end of the check.</param>
/// <param name="Length">How long it has to be.</param>
public sealed record RemediationSilence(
    CaseFile File, CaseScope Check, DateTimeOffset Since, DateTimeOffset Until, TimeSpan Length);

/// <summary>Judges silences by what exporters delivered and whether the line was active (worked example 19).</summary>
public interface IRemediationJudge
{
    Task<RemediationVerdict> JudgeAsync(RemediationSilence silence, CancellationToken cancel);
}

/// <summary>Where a false alarm goes: the endpoint is not listed any more, also not for what
/// was found before.</summary>
public interface IFalsePositiveSink
{
    Task AllowAsync(IReadOnlyCollection<Endpoint> endpoints, string reason, CancellationToken cancel);

    /// <summary>Whether a list allows the endpoint now, whatever lists said when it was met; one that is held is too.
    /// </summary>
    bool IsAllowed(in Endpoint endpoint);

    /// <summary>Whether somebody answers for the endpoint's being none: a list allows it that is not of held ones.
    /// </summary>
    bool IsFalseAlarm(in Endpoint endpoint);
}
