// SPDX-License-Identifier: Apache-2.0
//
// What is governed against what is configured: people and profile stand in governance.yaml alone, but in a lab, which
// has none.
using System.Net;
using Weir.Desk.Policy;
using Weir.Collector.Collecting.Sockets;
using Weir.Hosting.Configuration;
using Weir.Hosting.Files;
using Weir.Hosting.Governance;
using Weir.Hosting.Sections;

namespace Weir.Cli.Configuring;

internal static class GovernanceCheck
{
    /// <summary>What a process goes by.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="folder">The process's own folder, in which it keeps the last signed copy.</param>
    /// <param name="time">The clock.</param>
    /// <param name="readsPolicy">Whether the process goes by the policy; a collector does not.</param>
    /// <exception cref="InvalidDataException">The kept copy cannot be used, or the configuration contradicts it.
    /// </exception>
    public static GovernanceWatch Watch(
        WeirConfiguration settings, string folder, TimeProvider time, bool readsPolicy = true)
    {
        var watch = new GovernanceWatch(
            settings.Profile == Profile.Lab ? null : new GovernanceKeeper(settings.Governance, folder, time));
        if (readsPolicy && watch.InForce.Document is not null)
        {
            RequirePolicy(settings, watch.InForce.Document);
        }

        RequireCorroboration(settings, watch.InForce);
        return watch.InForce.Document is { } document && document.Profile != settings.Profile
            ? throw new InvalidDataException($"profile: is {Schema.Kebab(settings.Profile.ToString())}, and the "
                + $"governance in force says {Schema.Kebab(document.Profile.ToString())}; make them agree")
            : watch;
    }

    /// <summary>A policy that loosens rules is one that two people signed by its digest (attacks 27).</summary>
    private static void RequirePolicy(WeirConfiguration settings, GovernanceDocument document)
    {
        var policy = PolicyRules.Of(settings);
        if (settings.Policy.File is { } file && policy.Digest != document.Policy
            && PolicyLimits.Loosened(policy).FirstOrDefault() is { } loosened)
        {
            throw new InvalidDataException($"policy.file: {file} loosens a rule ({loosened}), and the governance in "
                + $"force does not name it; write policy: {policy.Digest} there and have two people sign it");
        }
    }

    /// <summary>What anybody may have sent is believed sooner only where two people signed for it (attacks
    /// 10).</summary>
    private static void RequireCorroboration(WeirConfiguration settings, GovernanceInForce inForce)
    {
        const string Path = "collecting.corroborated-after";
        if (settings.Profile != Profile.Lab
            && settings.Collecting.CorroboratedAfter < new UdpOptions().CorroboratedAfter
            && !GovernedSettings.Paths(inForce.Document?.Settings ?? "").Contains(Path))
        {
            throw new InvalidDataException($"{Path}: is below ten minutes, which two people sign for; write it into "
                + "the settings of the governance (docs/32-people-and-keys.md), or take the key out");
        }
    }

    /// <summary>A lab hides nothing, so it takes no live data: no customers, and no router reaches it (attacks 26).
    /// </summary>
    /// <exception cref="InvalidDataException">It would.</exception>
    public static void RequireLab(WeirConfiguration settings)
    {
        if (settings.Profile != Profile.Lab)
        {
            return;
        }

        if (settings.Vault.Contacts is not null)
        {
            throw new InvalidDataException("vault.contacts: names customers, and the profile is lab, in which nothing "
                + "is hidden; take the key out, or choose us-provider or eu-provider");
        }

        var collecting = settings.Collecting;
        if (collecting.Listen.Concat(collecting.Sessions.Tcp).Concat(collecting.Sessions.Tls)
            .FirstOrDefault(at => !IPAddress.IsLoopback(at.Address)) is { } reached)
        {
            throw new InvalidDataException($"collecting.listen: {reached} is reached by routers, and the profile is lab, "
                + "which takes public or self-made data only; listen on 127.0.0.1 or [::1], or choose another profile");
        }
    }

    /// <summary>What a process is told by lies in files that their owner alone may write (attacks 45): its
    /// configuration; the desk's lists and the programs of its channels too.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="file">Where it lies.</param>
    /// <param name="isDesk">Whether it is the desk's start.</param>
    /// <exception cref="InvalidDataException">Others may write one.</exception>
    public static void RequireOwned(WeirConfiguration settings, string file, bool isDesk)
    {
        if (settings.Profile == Profile.Lab)
        {
            return;
        }

        IEnumerable<string?> desks = isDesk
            ? settings.Matching.Lists.Select(list => list.Path)
                .Concat(settings.Notifying.Channels.Select(channel => channel.Program)) : [];
        foreach (var path in desks.Prepend(file).OfType<string>().Where(File.Exists))
        {
            OwnedFile.Require(path);
        }
    }

    /// <summary>Whether `weir serve` may run the four processes as one user.</summary>
    /// <exception cref="OperatorException">It may not.</exception>
    public static void RequireOneUser(WeirConfiguration settings, GovernanceInForce inForce)
    {
        if (settings.Profile != Profile.Lab && inForce.Document?.Separation != Separation.Off)
        {
            throw new OperatorException(
                "weir serve runs the four processes as one user, who then reads what all of them keep; have separation: "
                + "off signed in the governance (docs/32-people-and-keys.md), or start them under four users "
                + $"(docs/16-four-processes.md). {inForce.Waits}");
        }
    }

    /// <summary>What is governed, written where it is not believed.</summary>
    public static IEnumerable<(string Path, string Sentence)> Misplaced(WeirConfiguration settings)
    {
        if (settings.Profile == Profile.Lab)
        {
            yield break;
        }

        var access = settings.Access;
        foreach (var (key, users) in ((string, IReadOnlyList<string>)[])[
            ("analysts", access.Analysts), ("operators", access.Operators),
            ("privacy-officers", access.PrivacyOfficers), ("auditors", access.Auditors),
            ("administrators", access.Administrators)])
        {
            if (users.Count > 0)
            {
                yield return ($"access.{key}", "is governed outside the lab: people, roles and keys stand in "
                    + $"{settings.Governance.File}, signed by two (docs/32-people-and-keys.md); take the section out");
            }
        }
    }
}
