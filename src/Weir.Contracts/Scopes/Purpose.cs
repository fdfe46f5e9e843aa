// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Scopes;

/// <summary>Why somebody looks (rules.md R1, R20). A closed list: no free text stands in for one.</summary>
public enum Purpose : byte
{
    NetworkIntegrity = 1,
    DdosSource,
    SpamSource,
    CncContact,
    ScanSource,
    Spoofing,
    ComplaintHandling,
    RemediationCheck,
    LawfulHold,

    /// <summary>The customer asked for it (R20).</summary>
    CustomerDiagnosis,
}

/// <summary>Purposes by the words that stand in the audit and on the command line.</summary>
public static class Purposes
{
    private static readonly (Purpose Purpose, string Word)[] Words =
    [
        (Purpose.NetworkIntegrity, "network-integrity"), (Purpose.DdosSource, "ddos-source"),
        (Purpose.SpamSource, "spam-source"), (Purpose.CncContact, "cnc-contact"), (Purpose.ScanSource, "scan-source"),
        (Purpose.Spoofing, "spoofing"), (Purpose.ComplaintHandling, "complaint-handling"),
        (Purpose.RemediationCheck, "remediation-check"), (Purpose.LawfulHold, "lawful-hold"),
        (Purpose.CustomerDiagnosis, "customer-diagnosis"),
    ];

    /// <summary>All words, in the order of the list.</summary>
    public static IEnumerable<string> All => Words.Select(w => w.Word);

    public static string ToName(Purpose purpose) => Array.Find(Words, w => w.Purpose == purpose).Word
        ?? throw new ArgumentOutOfRangeException(nameof(purpose), purpose, "Not one of the purposes of rules.md R1.");

    public static bool TryParse(string word, out Purpose purpose)
    {
        purpose = Array.Find(Words, w => w.Word == word).Purpose;
        return purpose != 0;
    }
}
