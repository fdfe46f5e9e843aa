// SPDX-License-Identifier: Apache-2.0
//
// From an address at a time to a subject, and from a subject to its pseudonym and back. Nothing else in Weir can do the
// last of these, and the vault can only while the key of the epoch is kept.
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Vault.Identity.Tables;
using Weir.Vault.Keys;
using Weir.Wire;

namespace Weir.Vault.Attributing;

/// <summary>A subject found: its block or line number, and the line's name where it has one.</summary>
/// <param name="Subject">Block or line number.</param>
/// <param name="Line">The line's name, or empty.</param>
/// <param name="IsConfirmed">False where records of one side alone say so.</param>
internal readonly record struct ResolvedSubject(IpKey Subject, string Line, bool IsConfirmed = true);

/// <summary>Names subjects and resolves names. Safe for any thread.</summary>
internal sealed class SubjectResolver(
    NetworkTable networks, IIdentity identity, SubscriberLineIdDeriver lines, EpochKeys keys)
{
    /// <summary>Who had an address; null with the reason where nobody can be named.</summary>
    public ResolvedSubject? Find(IpKey address, ushort? port, DateTimeOffset at, out string reason)
    {
        reason = "";
        if (networks.Find(address) is not { Excluded: false } network)
        {
            reason = "unknown-network";
            return null;
        }

        if (network.Attribution == SubscriberMapping.Static)
        {
            return new(new IpKey(address.Bits & network.SubjectMask), "");
        }

        switch (identity.WhoHad(address, port, at.ToUnixTimeMilliseconds()))
        {
            case IdentityAnswer.Line line:
                return new(lines.Compute(line.Name), line.Name.Text, line.IsConfirmed);
            case IdentityAnswer.None none:
                reason = none.Code;
                return null;
            default:
                throw new InvalidOperationException("An answer is a line or none.");
        }
    }

    /// <exception cref="EpochKeyException">The key of the epoch is no more, or not yet.</exception>
    public SubjectKey Pseudonymize(IpKey subject, uint epoch)
    {
        using var names = Pseudonymizer.UnderKeyOf(keys, epoch);
        return names.Pseudonymize(subject);
    }

    /// <summary>Who a pseudonym stands for; null where it is nobody's: made up, of another epoch, or of a line whose
    /// records have lapsed.</summary>
    /// <exception cref="EpochKeyException">The key of the epoch is no more, or not yet.</exception>
    public ResolvedSubject? Resolve(SubjectKey pseudonym, uint epoch)
    {
        using var names = Pseudonymizer.UnderKeyOf(keys, epoch);
        var subject = names.Resolve(pseudonym);
        if (SubscriberLineId.IsLine(subject))
        {
            return LineOf(subject) is { } line ? new(subject, line) : null;
        }

        return networks.Find(subject) is { Excluded: false, Attribution: SubscriberMapping.Static } network
            && (subject.Bits & network.SubjectMask) == subject.Bits
            ? new(subject, "")
            : null;
    }

    /// <summary>The name behind a line number, among the lines that are on record; the number itself cannot
    /// be turned back.</summary>
    private string? LineOf(IpKey number) => identity.IntakeRows(0, out _)
        .Select(row => row.Line).Distinct()
        .Where(line => lines.Compute(line) == number).Select(line => line.Text).FirstOrDefault();
}
