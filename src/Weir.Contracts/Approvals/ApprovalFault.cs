// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Weir.Contracts.Passkeys;

namespace Weir.Contracts.Approvals;

/// <summary>Why an approval is none.</summary>
public enum ApprovalFault
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>The text or the signature is none.</summary>
    Malformed,

    /// <summary>The signature was made for something else: a governance, a list, a head.</summary>
    OtherNamespace,

    /// <summary>Nobody of the governance in force has that key.</summary>
    UnknownKey,

    /// <summary>The signature is not that key's over that text.</summary>
    BadSignature,

    /// <summary>A security key made it and nobody touched it.</summary>
    NotPresent,

    /// <summary>A page that is not the vault's asked a passkey for it.</summary>
    OtherOrigin,

    /// <summary>A passkey made it for another host than its own.</summary>
    OtherHost,

    /// <summary>A passkey made it without a look at who touched it.</summary>
    NotVerified,

    /// <summary>The passkey counted further before: there are two of it, or it was brought again.</summary>
    CounterBehind,

    /// <summary>The signer has another role than the text says, or one that may have no part in the act.</summary>
    WrongRole,

    /// <summary>It is for another Weir.</summary>
    OtherInstance,

    /// <summary>The text is not about what is to be done.</summary>
    OtherText,

    /// <summary>Its time has not come, is over, or is longer than a day.</summary>
    Stale,

    /// <summary>It was carried out already.</summary>
    Replayed,

    /// <summary>Two different people in two roles with two keys are needed, and these are not.</summary>
    SecondPersonNeeded,
}

/// <summary>Words for <see cref="ApprovalFault"/>.</summary>
public static class ApprovalFaults
{
    /// <summary>What the codes of this list begin with, but the one that others have too.</summary>
    public const string Prefix = "approval-";

    /// <summary>The code of a fault, as refusals and counts have it.</summary>
    public static string Word(ApprovalFault fault) => fault switch
    {
        ApprovalFault.None => "none",
        ApprovalFault.Malformed => "approval-malformed",
        ApprovalFault.OtherNamespace => "approval-other-namespace",
        ApprovalFault.UnknownKey => "approval-unknown-key",
        ApprovalFault.BadSignature => "approval-bad-signature",
        ApprovalFault.NotPresent => "approval-not-present",
        ApprovalFault.OtherOrigin => "approval-other-origin",
        ApprovalFault.OtherHost => "approval-other-host",
        ApprovalFault.NotVerified => "approval-not-verified",
        ApprovalFault.CounterBehind => "approval-counter-behind",
        ApprovalFault.WrongRole => "approval-wrong-role",
        ApprovalFault.OtherInstance => "approval-other-instance",
        ApprovalFault.OtherText => "approval-other-text",
        ApprovalFault.Stale => "approval-stale",
        ApprovalFault.Replayed => "approval-replayed",
        ApprovalFault.SecondPersonNeeded => "second-person-needed",
        _ => throw new UnreachableException(),
    };

    /// <summary>What a passkey's fault is of an approval.</summary>
    public static ApprovalFault Of(PasskeyFault fault) => fault switch
    {
        PasskeyFault.None => ApprovalFault.None,
        PasskeyFault.OtherOrigin => ApprovalFault.OtherOrigin,
        PasskeyFault.OtherHost => ApprovalFault.OtherHost,
        PasskeyFault.NotPresent => ApprovalFault.NotPresent,
        PasskeyFault.NotVerified => ApprovalFault.NotVerified,
        PasskeyFault.OtherChallenge or PasskeyFault.BadSignature => ApprovalFault.BadSignature,
        PasskeyFault.Malformed => ApprovalFault.Malformed,
        _ => throw new UnreachableException(),
    };

    /// <summary>What is wrong and what to do, for who asked.</summary>
    public static string Sentence(ApprovalFault fault) => fault switch
    {
        ApprovalFault.None => "it is approved",
        ApprovalFault.Malformed =>
            "it is no signature of SSH or of a passkey over a text of an approval; sign with weir approve",
        ApprovalFault.OtherNamespace =>
            "the signature was made for something else than an approval; sign with weir approve",
        ApprovalFault.UnknownKey =>
            "nobody of the governance in force has that key; weir governance show tells whose keys count",
        ApprovalFault.BadSignature => "the signature is not over this text; sign it again with weir approve",
        ApprovalFault.NotPresent => "the security key was not touched; sign again and touch it",
        ApprovalFault.OtherOrigin =>
            "another page than the vault's asked the passkey; open the vault's page yourself, and sign there",
        ApprovalFault.OtherHost => "the passkey made it for another host; sign on the vault's page",
        ApprovalFault.NotVerified =>
            "the passkey did not ask who touched it; set a PIN, a finger or a face for it, and sign again",
        ApprovalFault.CounterBehind =>
            "the passkey counted further before: it was copied, or this was brought again; have it taken out of the "
            + "governance unless you know why",
        ApprovalFault.WrongRole => "who signed has another role, or one that may have no part in this",
        ApprovalFault.OtherInstance => "it was signed for another Weir",
        ApprovalFault.OtherText => "what was signed is not what is to be done; ask again",
        ApprovalFault.Stale => "its time is over, or has not come; ask again, a request is good for 24 hours",
        ApprovalFault.Replayed => "it was carried out already; a further act needs a new request",
        ApprovalFault.SecondPersonNeeded =>
            "two people in the two roles have to sign it, each with a key of their own: weir approve",
        _ => throw new UnreachableException(),
    };
}
