// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Flows;

/// <summary>Why evidence is not corroborated (rules.md R21).</summary>
public enum EvidenceDoubt : byte
{
    /// <summary>It is.</summary>
    None,

    /// <summary>It was told in part by a stream of datagrams that has not continued for long enough.</summary>
    NewStream,

    /// <summary>Two streams went on with the same sequence: one of them is forged, and nobody can tell which.</summary>
    TwoStreams,
}

/// <summary>Words of doubts.</summary>
public static class EvidenceDoubts
{
    private static readonly string[] Words = ["none", "new-stream", "two-streams"];

    /// <summary>The word that is signed and stored.</summary>
    public static string ToName(EvidenceDoubt doubt) => Words[(int)doubt];

    /// <summary>The doubt of a word; false where there is none of it.</summary>
    public static bool TryParse(string word, out EvidenceDoubt doubt)
    {
        var at = Array.IndexOf(Words, word);
        doubt = (EvidenceDoubt)Math.Max(0, at);
        return at >= 0;
    }

    /// <summary>What people read.</summary>
    public static string ToSentence(EvidenceDoubt doubt) => doubt switch
    {
        EvidenceDoubt.None => "its grounds are corroborated",
        EvidenceDoubt.NewStream =>
            "its grounds were told by a stream of datagrams that has not gone on for long enough, "
            + "so that anybody may have sent them",
        EvidenceDoubt.TwoStreams =>
            "its grounds were told while two streams of datagrams went on with one sequence, so "
            + "that one of them is forged",
        _ => throw new ArgumentOutOfRangeException(nameof(doubt), doubt, "Not a doubt."),
    };
}
