// SPDX-License-Identifier: Apache-2.0
namespace Weir.Cli.Configuring;

/// <summary>What of <c>vault.contacts</c> and <c>vault.notices</c> no single key can tell.</summary>
internal static class VaultNoticeRules
{
    /// <summary>Every breach as the path of the setting and the rest of the sentence.</summary>
    public static IEnumerable<(string Path, string Sentence)> Check(WeirConfiguration settings)
    {
        var (notices, contacts) = (settings.Vault.Notices, settings.Vault.Contacts);
        if (contacts is not null && string.IsNullOrWhiteSpace(contacts))
        {
            yield return ("vault.contacts", "is empty; write a path");
        }

        if (notices.Channel is null)
        {
            yield break;
        }

        if (contacts is null)
        {
            yield return ("vault.contacts", "is missing: with vault.notices.channel the vault must know how customers are reached; name the file");
        }

        foreach (var (key, text) in new[] { ("provider", notices.Provider), ("phone", notices.Phone), ("page", notices.Page?.ToString()) })
        {
            if (string.IsNullOrWhiteSpace(text))
            {
                yield return ($"vault.notices.{key}", "is missing: a notice says who sends it, whom to call and where to make sure; write it");
            }
        }
    }
}
