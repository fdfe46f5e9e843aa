// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Weir.Vault.Customers;

/// <summary>The customer's page: where, whose, in which languages.</summary>
public sealed record CustomerPageOptions
{
    /// <summary>Where it listens, without TLS; port 0 for any.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>By which address customers reach it; links are made of it.</summary>
    public required Uri Public { get; init; }

    /// <summary>Languages offered, as BCP 47 tags; the first is for browsers that ask for none of them.</summary>
    public IReadOnlyList<string> Languages { get; init; } = ["en", "de"];

    /// <summary>The provider's name, as customers know it.</summary>
    public required string Provider { get; init; }

    /// <summary>How customers reach people.</summary>
    public required string Contact { get; init; }

    /// <summary>The same in a language, by its tag, where it has words of its own.</summary>
    public IReadOnlyDictionary<string, string> ContactIn { get; init; } = new Dictionary<string, string>();

    /// <summary>After this long a new key signs; the former one is accepted as long again. No link lives longer.</summary>
    public TimeSpan KeyLife { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How long the link in a notice holds, at most a key's life.</summary>
    public TimeSpan LinkLife { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long a page waits for what the desk knows of its case.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(4);
}
