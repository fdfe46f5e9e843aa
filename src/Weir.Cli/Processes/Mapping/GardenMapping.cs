// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Cli.Configuring;
using Weir.Contracts.AccessControl;
using Weir.Hosting.Channels;
using Weir.Vault.Gardening;
using Weir.Vault.Gardening.Radius;
using Weir.Vault.Identity.Intake;
using Weir.Wire;

namespace Weir.Cli.Processes.Mapping;

/// <summary>The section <c>vault.garden</c> as the vault takes it, and what no single key of it can tell.</summary>
internal static class GardenMapping
{
    /// <summary>Every breach as the path of the setting and the rest of the sentence.</summary>
    public static IEnumerable<(string Path, string Sentence)> Check(VaultSettings vault)
    {
        var garden = vault.Garden;
        if (!garden.IsSet)
        {
            return [];
        }

        (string Key, IReadOnlyList<string> Texts)[] lists = [
            ("leaky", garden.Leaky), ("strict", garden.Strict), ("none", garden.None)];
        return garden.Script is { } script
            ? Script(script, garden, lists)
            : Radius(vault, lists)
                .Concat(lists.SelectMany(list => Attributes(list.Key, list.Texts))).Concat(Nases(garden.Nas));
    }

    /// <summary>The options of a checked section; null where there is no garden.</summary>
    public static WalledGardenOptions? Options(VaultGardenSettings garden, TimeProvider time) =>
        !garden.IsSet ? null : new WalledGardenOptions
        {
            Attributes = new[]
            {
                (WalledGarden.Leaky, garden.Leaky),
                (WalledGarden.Strict, garden.Strict),
                (WalledGarden.None, garden.None)
            }
                .Where(list => list.Item2.Count > 0).ToDictionary(list => list.Item1, list => list.Item2),
            Nases =
            [
                .. garden.Nas.Select(nas => new Nas(
                    nas.Name, nas.Address, nas.NasAddresses.Count + nas.NasIdentifiers.Count > 0
                        ? nas.NasAddresses
                        : [new Prefix(IpKey.From(nas.Address.Address), 128)], nas.NasIdentifiers, nas.SecretFile)),
            ],
            Script = garden.Script is { } program
                ? new ScriptRunner(new ScriptOptions { Program = program, Limit = garden.Patience }, time)
                : null,
            Patience = garden.Patience,
        };

    private static IEnumerable<(string, string)> Script(
        string script, VaultGardenSettings garden, (string Key, IReadOnlyList<string> Texts)[] lists)
    {
        if (!Path.IsPathRooted(script))
        {
            yield return (
                "vault.garden.script", $"is '{script}'; write the absolute path of a program, no shell reads it");
        }

        if (garden.Nas.Count > 0 || lists.Any(list => list.Texts.Count > 0))
        {
            yield return (
                "vault.garden.script", "and RADIUS exclude each other; keep the program, or the attributes and NASes");
        }
    }

    private static IEnumerable<(string, string)> Radius(
        VaultSettings vault, (string Key, IReadOnlyList<string> Texts)[] lists)
    {
        var garden = vault.Garden;
        if (garden.None.Count == 0)
        {
            yield return ("vault.garden.none", "is empty, so no line could be let out again; name the attributes of an "
                + "unrestricted line, or `disconnect`");
        }

        if (garden.Leaky.Count + garden.Strict.Count == 0)
        {
            yield return (
                "vault.garden",
                "puts no line anywhere; name the attributes of leaky or strict, or take the section out");
        }

        if (garden.Nas.Count == 0)
        {
            yield return (
                "vault.garden.nas", "names no NAS, so nobody could be told; add one with its address and secret-file");
        }

        if (!vault.Identity.Sources.Any(
            source => source.Kind is IdentityKind.Radius or IdentityKind.RadiusDetail or IdentityKind.RadiusCapture))
        {
            yield return ("vault.garden", "needs to know a line's sessions, and no source of vault.identity.sources is "
                + "RADIUS accounting; add one, or use vault.garden.script");
        }

        foreach (var (key, texts) in lists.Where(
            list => list.Key != "none" && list.Texts.Contains(WalledGardenOptions.Disconnect)))
        {
            yield return (
                $"vault.garden.{key}",
                $"says `{WalledGardenOptions.Disconnect}`, which lets a line out; name the attributes of the garden");
        }
    }

    private static IEnumerable<(string, string)> Attributes(string key, IReadOnlyList<string> texts)
    {
        for (var i = 0; i < texts.Count; i++)
        {
            if (texts[i] == WalledGardenOptions.Disconnect)
            {
                if (texts.Count > 1)
                {
                    yield return ($"vault.garden.{key}[{i}]", $"says `{WalledGardenOptions.Disconnect}` beside "
                        + "attributes; a session that ends takes none, keep one of the two");
                }
            }
            else if (WalledGardenOptions.CheckAttribute(texts[i]) is { } wrong)
            {
                yield return ($"vault.garden.{key}[{i}]", $"is wrong: {wrong}");
            }
        }
    }

    private static IEnumerable<(string, string)> Nases(IReadOnlyList<GardenNasSettings> nases)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < nases.Count; i++)
        {
            if (!names.Add(nases[i].Name))
            {
                yield return ($"vault.garden.nas[{i}]", $"repeats the name {nases[i].Name}; give it one of its own");
            }

            if (nases[i].Address.Port == 0 || nases[i].Address.Address.Equals(IPAddress.None))
            {
                yield return ($"vault.garden.nas[{i}].address", FormattableString.Invariant(
                    $"needs an address and a port; the usual one is {Nas.UsualPort}"));
            }
        }
    }
}
