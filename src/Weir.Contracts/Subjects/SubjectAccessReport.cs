// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Subjects;

/// <summary>What is held about a line (rules.md R19), for the customer; made by the vault, not
/// by an operator.</summary>
public sealed record SubjectAccessReport
{
    public string Schema { get; init; } = "weir.subject/1";

    /// <summary>Address or network, and the line's name where it has one.</summary>
    public required string Line { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Under which pseudonyms sums about it may lie in the flow store, and when each
    /// ceases to mean anybody.</summary>
    public required IReadOnlyList<RetainedEpochKey> Epochs { get; init; }

    /// <summary>Addresses it had, as far as they are kept.</summary>
    public required IReadOnlyList<RetainedAddress> Leases { get; init; }

    public required IReadOnlyList<RetainedCase> Cases { get; init; }

    /// <summary>Consents to a diagnosis that the line gave.</summary>
    public IReadOnlyList<RetainedConsent> Consents { get; init; } = [];

    /// <summary>Why some part is missing; empty where none is.</summary>
    public required string Missing { get; init; }

    /// <summary>How a wrong entry is put right.</summary>
    public string Corrections { get; init; } = "An entry that is wrong is corrected or erased by the provider's "
        + "privacy officer: name the case, and what is wrong. "
        + "A case found to be a mistake is closed as a false positive, its evidence erased and its key destroyed. "
        + "Sums under a pseudonym cannot be corrected one by one; they mean nobody from the day their key is erased.";
}

/// <summary>An epoch whose key is kept.</summary>
/// <param name="Epoch">Its number.</param>
/// <param name="From">Its first day.</param>
/// <param name="Until">Its end.</param>
/// <param name="KeyErased">When its key goes.</param>
public sealed record RetainedEpochKey(uint Epoch, DateTimeOffset From, DateTimeOffset Until, DateTimeOffset KeyErased);

/// <summary>An address, or a block of its ports, that the line had.</summary>
/// <param name="Network">Address or prefix.</param>
/// <param name="Ports">First and last source port; empty where the whole address was the line's.</param>
/// <param name="From">Since when.</param>
/// <param name="Until">Until when; null while it goes on.</param>
public sealed record RetainedAddress(string Network, string Ports, DateTimeOffset From, DateTimeOffset? Until);

/// <summary>A consent to a diagnosis of the line (rules.md R20).</summary>
/// <param name="Consent">Its number; the scope it opened names it.</param>
/// <param name="Given">When.</param>
/// <param name="Used">When the desk used it; null where it did not.</param>
/// <param name="Withdrawn">When the customer withdrew it; null where it stands.</param>
public sealed record RetainedConsent(
    string Consent, DateTimeOffset Given, DateTimeOffset? Used, DateTimeOffset? Withdrawn);

/// <summary>A case about the line.</summary>
/// <param name="Case">Its number.</param>
/// <param name="Sealed">When it was opened.</param>
/// <param name="Scopes">What could be looked at in it, and why.</param>
/// <param name="Disclosures">When who it is about was opened, and to which two roles.</param>
public sealed record RetainedCase(
    string Case, DateTimeOffset Sealed, IReadOnlyList<SubjectScope> Scopes, IReadOnlyList<string> Disclosures);
