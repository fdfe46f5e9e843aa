// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using Weir.Contracts.Clients;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;

namespace Weir.Vault.Disclosing;

/// <summary>Who may have a subject disclosed (rules.md R9), as the vault itself sees it: it trusts the desk's word for
/// nothing it can check.</summary>
internal static class DisclosureOrderValidator
{
    public const int ShortestReason = 20;
    public const int LongestReason = 2_000;
    public static readonly TimeSpan View = TimeSpan.FromMinutes(15);

    private static readonly string[] Roles = [.. new[] { Role.Analyst, Role.PrivacyOfficer }.Select(Actor.ToName)];

    /// <summary>Null where the order may be carried out.</summary>
    public static VaultRefusedException? Refusal(DisclosureOrder order) =>
        string.IsNullOrWhiteSpace(order.AskedBy) || string.IsNullOrWhiteSpace(order.GivenBy)
            ? new(DenyCode.SecondPersonNeeded, "an order names two people: who asked and who gave leave")
        : string.Equals(order.AskedBy.Trim(), order.GivenBy.Trim(), StringComparison.OrdinalIgnoreCase)
            ? new(DenyCode.SecondPersonNeeded, "who asks may not give the leave; a second person has to")
        : !Roles.Contains(order.AskedRole) || !Roles.Contains(order.GivenRole)
            ? new(DenyCode.RoleMayNot, "a disclosure is asked and given by an analyst and a privacy officer, one each")
        : order.AskedRole == order.GivenRole
            ? new(
                DenyCode.SecondPersonNeeded, "two people in one role are not enough: an analyst and a privacy officer")
        : order.Scope.Number == 0
            ? new(DenyCode.NoTrigger, "an order names the scope it is about")
        : order.Reason.Trim().Length is < ShortestReason or > LongestReason
            ? new(DenyCode.ActionNotAllowed, $"the reason has {ShortestReason} to {LongestReason} characters: write "
                + "what is to be done with the name")
        : null;

    /// <summary>SHA-256 over all of an order, hexadecimal: the same for the same order only.</summary>
    public static string Digest(DisclosureOrder order) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
            string.Join(
                '\n', order.Number, order.Case, order.Scope, order.AskedBy.Trim(), order.AskedRole,
                order.GivenBy.Trim(), order.GivenRole, order.Reason.Trim()))));
}
