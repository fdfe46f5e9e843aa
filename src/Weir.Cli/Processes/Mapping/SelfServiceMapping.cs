// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Hosting.Configuration;
using Weir.Vault.Customers;

namespace Weir.Cli.Processes.Mapping;

/// <summary><c>selfservice</c> as the vault takes it.</summary>
internal static class SelfServiceMapping
{
    /// <summary>Null where no page is served.</summary>
    public static CustomerPageOptions? Options(SelfServiceSettings settings) => !settings.Enabled ? null : new()
    {
        Listen = settings.Listen,
        Public = settings.Public!,
        Languages = [.. settings.Languages.Select(language => Schema.Kebab(language.ToString()))],
        Provider = settings.Provider,
        Contact = settings.Contact,
        ContactIn = settings.ContactDe is { Length: > 0 } german
            ? new Dictionary<string, string> { [Schema.Kebab(nameof(Language.De))] = german }
            : [],
        KeyLife = settings.KeyLife,
    };
}
