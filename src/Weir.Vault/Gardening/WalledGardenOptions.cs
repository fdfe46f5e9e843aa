// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.AccessControl;
using Weir.Hosting.Channels;
using Weir.Vault.Gardening.Radius;
using Weir.Vault.Identity.Intake;

namespace Weir.Vault.Gardening;

/// <summary>How lines get into gardens; the section <c>vault.garden</c>.</summary>
public sealed record WalledGardenOptions
{
    /// <summary>The word that, alone in a list, ends the session instead of changing it.</summary>
    public const string Disconnect = "disconnect";

    /// <summary>Attributes by garden, as <see cref="CheckAttribute"/> takes them.</summary>
    public IReadOnlyDictionary<WalledGarden, IReadOnlyList<string>> Attributes { get; init; } =
        new Dictionary<WalledGarden, IReadOnlyList<string>>();

    public IReadOnlyList<Nas> Nases { get; init; } = [];

    /// <summary>The provider's program in place of RADIUS; null for RADIUS.</summary>
    public IMessageSender? Script { get; init; }

    /// <summary>How long an answer is waited for, retransmissions included.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Why a text is no attribute, and the mend; null where it is one.</summary>
    public static string? CheckAttribute(string text)
    {
        try
        {
            _ = WalledGardenAttribute.Parse(text);
            return null;
        }
        catch (ArgumentException wrong)
        {
            return wrong.Message;
        }
    }
}

/// <summary>What a garden needs of the vault's surroundings.</summary>
/// <param name="Options">How.</param>
/// <param name="Identity">Whose sessions, out of accounting; it must keep them
/// (<see cref="IdentityOptions.KeepsSessions"/>).</param>
public sealed record WalledGardenDependencies(WalledGardenOptions Options, IdentityIntake Identity);
