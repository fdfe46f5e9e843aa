// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Mitigation;

namespace Weir.Desk.Mitigation;

/// <summary>Why a lease stands as it does in words, for people and the audit. Nothing reads them back.</summary>
public static class LeaseReasonText
{
    /// <summary>A phrase such as <c>emergency stop: drill</c>; empty where there is nothing to say.</summary>
    public static string Format(LeaseReason reason) => reason.Code switch
    {
        LeaseReasonCode.LetOut => $"let out by {reason.Detail}",
        LeaseReasonCode.Ordered or LeaseReasonCode.NotTaken when reason.Detail.Length > 0 => reason.Detail,
        var code => reason.Detail.Length > 0 ? $"{WordsOf(code)}: {reason.Detail}" : WordsOf(code),
    };

    private static string WordsOf(LeaseReasonCode code) => code switch
    {
        LeaseReasonCode.None => "",
        LeaseReasonCode.DryRun => "dry run: nothing is announced",
        LeaseReasonCode.NotHeld => "it is not held where it should be",
        LeaseReasonCode.NotTaken => "it is not taken where it should be held",
        LeaseReasonCode.NoNeighbour => "no neighbour is sent it",
        LeaseReasonCode.NoAnswer => "what should hold it does not answer",
        LeaseReasonCode.NotAsked => "what should hold it was not asked yet",
        LeaseReasonCode.NoRouter => "no router of lines is configured",
        LeaseReasonCode.SharedAddress => "the line shares its address with others",
        LeaseReasonCode.NoAddress => "the line has no address now",
        LeaseReasonCode.NotEverywhere => "not every resolver has the zone",
        LeaseReasonCode.TimeOver => "its time is over",
        LeaseReasonCode.EvidenceStopped => "the evidence stopped",
        LeaseReasonCode.EmergencyStop => "emergency stop",
        LeaseReasonCode.Ordered => "taken back",
        LeaseReasonCode.Appeal => "the customer's appeal",
        LeaseReasonCode.Clean => "clean",
        LeaseReasonCode.CaseOver => "the case is over",
        LeaseReasonCode.VaultRefused => "the vault does not announce it",
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "Not a reason of a lease."),
    };
}
