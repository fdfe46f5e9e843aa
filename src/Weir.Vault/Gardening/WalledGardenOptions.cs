// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Contracts.AccessControl;
using Weir.Hosting.Channels;
using Weir.Hosting.Configuration;
using Weir.Vault.Gardening.Radius;
using Weir.Vault.Identity.Intake;

namespace Weir.Vault.Gardening;

/// <summary>How lines get into gardens; the section <c>vault.garden</c>.</summary>
public sealed record WalledGardenOptions : ISection
{
    /// <summary>The word that, alone in a list, ends the session instead of changing it.</summary>
    public const string Disconnect = "disconnect";

    [Setting("Attributes of a line in the leaky garden: most things work, a page explains. By name, by number "
        + "(`11=weir-leaky`) or a vendor's (`26.VENDOR.TYPE=value`); values are text, `0x…`, `int:N` or `ip:ADDRESS`.",
        Example = "Filter-Id=weir-leaky")]
    public IReadOnlyList<string> Leaky { get; init; } = [];

    [Setting("Attributes of a line in the strict garden: help, emergency calls and remediation sites alone. The NAS's "
        + "filter must let these through; Weir cannot see it.", Example = "Filter-Id=weir-strict")]
    public IReadOnlyList<string> Strict { get; init; } = [];

    [Setting("Attributes that let a line out again. `disconnect`, alone, ends the session instead "
        + "(Disconnect-Request): the line comes back as its profile says.", Example = "Filter-Id=open")]
    public IReadOnlyList<string> None { get; init; } = [];

    [Setting("NASes that take changes of authorization (RFC 5176).")]
    public IReadOnlyList<Nas> Nas { get; init; } = [];

    [Setting("The provider's program instead of RADIUS: JSON on its standard input, no shell, exit code "
        + "0 confirms. An absolute path.", Example = "/usr/local/libexec/weir-garden")]
    public string? Script { get; init; }

    [Setting("How long a NAS or the program may take, retransmissions included.", Min = "1s", Max = "1m")]
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether lines can be put into a garden at all.</summary>
    public bool IsSet => Leaky.Count + Strict.Count + None.Count + Nas.Count > 0 || Script is not null;

    /// <summary>Attributes by garden, as <see cref="CheckAttribute"/> takes them.</summary>
    internal IReadOnlyDictionary<WalledGarden, IReadOnlyList<string>> Attributes =>
        new Dictionary<WalledGarden, IReadOnlyList<string>>
        {
            [WalledGarden.Leaky] = Leaky, [WalledGarden.Strict] = Strict, [WalledGarden.None] = None,
        }
            .Where(list => list.Value.Count > 0).ToDictionary();

    public void Validate(SectionFaults faults)
    {
        if (Script is { } script)
        {
            if (!Path.IsPathRooted(script))
            {
                faults.Add("script", $"is '{script}'; write the absolute path of a program, no shell reads it");
            }

            if (Nas.Count + Leaky.Count + Strict.Count + None.Count > 0)
            {
                faults.Add("script", "and RADIUS exclude each other; keep the program, or the attributes and NASes");
            }
        }
        else if (IsSet)
        {
            Radius(faults);
            Nases(faults);
        }
    }

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

    private void Radius(SectionFaults faults)
    {
        if (None.Count == 0)
        {
            faults.Add("none", "is empty, so no line could be let out again; name the attributes of an "
                + "unrestricted line, or `disconnect`");
        }

        if (Leaky.Count + Strict.Count == 0)
        {
            faults.Add("", "puts no line anywhere; name the attributes of leaky or strict, or take the section out");
        }

        foreach (var (key, texts) in ((string, IReadOnlyList<string>)[])
            [("leaky", Leaky), ("strict", Strict), ("none", None)])
        {
            if (key != "none" && texts.Contains(Disconnect))
            {
                faults.Add(key, $"says `{Disconnect}`, which lets a line out; name the attributes of the garden");
            }

            for (var i = 0; i < texts.Count; i++)
            {
                if (texts[i] == Disconnect)
                {
                    if (texts.Count > 1)
                    {
                        faults.Add($"{key}[{i}]", $"says `{Disconnect}` beside "
                            + "attributes; a session that ends takes none, keep one of the two");
                    }
                }
                else if (CheckAttribute(texts[i]) is { } wrong)
                {
                    faults.Add($"{key}[{i}]", $"is wrong: {wrong}");
                }
            }
        }
    }

    private void Nases(SectionFaults faults)
    {
        if (Nas.Count == 0)
        {
            faults.Add("nas", "names no NAS, so nobody could be told; add one with its address and secret-file");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < Nas.Count; i++)
        {
            if (!names.Add(Nas[i].Name))
            {
                faults.Add($"nas[{i}]", $"repeats the name {Nas[i].Name}; give it one of its own");
            }

            if (Nas[i].At.Port == 0 || Nas[i].At.Address.Equals(IPAddress.None))
            {
                faults.Add($"nas[{i}].address", FormattableString.Invariant(
                    $"needs an address and a port; the usual one is {Weir.Vault.Gardening.Radius.Nas.UsualPort}"));
            }
        }
    }
}

/// <summary>What a garden needs of the vault's surroundings.</summary>
/// <param name="Options">How.</param>
/// <param name="Identity">Whose sessions, out of accounting; it must keep them
/// (<see cref="IdentityOptions.KeepsSessions"/>).</param>
public sealed record WalledGardenDependencies(WalledGardenOptions Options, IdentityIntake Identity);
