// SPDX-License-Identifier: Apache-2.0
//
// Reads a policy strictly: every key there, none unknown, none twice, every number within its limits. A file that
// loosens a rule is refused unless a signature beside it, by the key the configuration names, covers its very octets.
using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Weir.Contracts.Scopes;
using Weir.Hosting.Files;

namespace Weir.Desk.Policy;

/// <summary>Reads <see cref="PolicyProfile"/> from YAML.</summary>
public static class PolicyReader
{
    private const int MostOctets = 1 << 20;

    private static readonly string[] Profiles = ["us-provider", "eu-provider", "lab"];

    private static readonly (string Word, AutomaticActions Action)[] Actions = [("notify", AutomaticActions.Notify), (
        "block-dedicated", AutomaticActions.BlockDedicated)];

    /// <summary>The text of a policy that comes with Weir.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static string BuiltInText(string profile)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"policies/{profile}.yaml")
            ?? throw new ArgumentException(
                $"There is no policy '{profile}'; there are {string.Join(", ", Profiles)}.", nameof(profile));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>A policy that comes with Weir.</summary>
    public static PolicyProfile BuiltIn(string profile) =>
        Read(BuiltInText(profile), $"{profile}.yaml", isSigned: false);

    /// <summary>Reads a file and, where the file loosens a rule, its signature.</summary>
    /// <param name="path">The policy.</param>
    /// <param name="signer">PEM file of the public key whose signature counts; null where the
    /// configuration names none.</param>
    /// <exception cref="PolicyException">It cannot be in force; every fault is listed.</exception>
    public static PolicyProfile ReadFile(string path, string? signer)
    {
        byte[] octets;
        try
        {
            octets = OrdinaryFile.Read(path, MostOctets);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new PolicyException([$"{path}: cannot be read: {unreadable.Message}"]);
        }

        var faults = new List<string>();
        var policy = Parse(Encoding.UTF8.GetString(octets), path, faults);
        var loosened = PolicyLimits.Loosened(policy).ToList();
        if (faults.Count == 0 && loosened.Count > 0 && PolicySignature.Fault(path, octets, signer) is { } unsigned)
        {
            faults.AddRange(loosened.Select(sentence => $"{path}: {sentence}"));
            faults.Add(unsigned);
        }

        return faults.Count == 0 ? policy : throw new PolicyException(faults);
    }

    /// <summary>Reads text; <paramref name="isSigned"/> says whether a signature over it was verified.</summary>
    /// <exception cref="PolicyException">It cannot be in force; every fault is listed.</exception>
    public static PolicyProfile Read(string text, string path, bool isSigned)
    {
        var faults = new List<string>();
        var policy = Parse(text, path, faults);
        if (faults.Count == 0 && !isSigned)
        {
            faults.AddRange(
                PolicyLimits.Loosened(policy).Select(sentence => $"{path}: {sentence}; `weir policy sign` makes one"));
        }

        return faults.Count == 0 ? policy : throw new PolicyException(faults);
    }

    private static PolicyProfile Parse(string text, string path, List<string> faults)
    {
        var lines = PolicyText.Read(text, path, faults);
        var policy =
            new PolicyProfile { Digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))) };
        if (faults.Count > 0)
        {
            return policy;
        }

        var seen = new HashSet<string>();
        foreach (var line in lines)
        {
            if (!seen.Add(line.Key))
            {
                faults.Add($"{path}:{line.Line}: {line.Key} stands twice; keep one");
            }
            else if (Taken(policy, line, out var refusal) is { } next)
            {
                policy = next;
            }
            else
            {
                faults.Add($"{path}:{line.Line}: {line.Key} {refusal}");
            }
        }

        faults.AddRange(Keys.Where(key => !seen.Contains(key))
            .Select(key => $"{path}: lacks {key}; copy the line from `weir policy show us-provider`"));
        if (faults.Count == 0)
        {
            faults.AddRange(PolicyLimits.Forbidden(policy).Select(sentence => $"{path}: {sentence}"));
        }

        return policy;
    }

    private static IEnumerable<string> Keys =>
        ["name", "profile", "subjects", .. PolicyLimits.All.Select(l => l.Key), "automatic", "purposes"];

    private static PolicyProfile? Taken(PolicyProfile policy, PolicyTextLine line, out string refusal)
    {
        refusal = "";
        var isListKey = line.Key is "automatic" or "purposes";
        if (!Keys.Contains(line.Key))
        {
            refusal = $"is no key of a policy; known are {string.Join(", ", Keys)}";
            return null;
        }

        if (line.IsList != isListKey)
        {
            refusal = isListKey ? "must be a list, `[]` for none" : "must be a single value";
            return null;
        }

        if (PolicyLimits.All.FirstOrDefault(l => l.Key == line.Key) is { } limit)
        {
            refusal = $"is '{line.Words[0]}'; write a whole number";
            return int.TryParse(line.Words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                ? limit.With(policy, value)
                : null;
        }

        switch (line.Key)
        {
            case "name":
                refusal = "must be a word of small letters, digits and dashes, at most 64";
                return line.Words[0] is { Length: > 0 and <= 64 } name
                    && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
                    ? policy with { Name = name }
                    : null;
            case "profile":
                refusal = $"is '{line.Words[0]}'; it is one of {string.Join(", ", Profiles)}";
                return Profiles.Contains(line.Words[0]) ? policy with { Profile = line.Words[0] } : null;
            case "subjects":
                refusal = $"is '{line.Words[0]}'; it is pseudonyms or clear";
                return line.Words[0] is "pseudonyms" or "clear"
                    ? policy with { ShowsSubjects = line.Words[0] == "clear" }
                    : null;
            case "automatic":
                refusal = $"knows only {string.Join(", ", Actions.Select(a => a.Word))}";
                var acts = line.Words.Select(word => Array.Find(Actions, a => a.Word == word).Action).ToList();
                return acts.Contains(AutomaticActions.None)
                    ? null
                    : policy with { Automatic = acts.Aggregate(AutomaticActions.None, (all, one) => all | one) };
            default:
                refusal = $"knows only {string.Join(", ", Weir.Contracts.Scopes.Purposes.All)}";
                var purposes = line.Words
                    .Select(word => Weir.Contracts.Scopes.Purposes.TryParse(word, out var purpose) ? purpose : default)
                    .ToList();
                return purposes.Contains(default) || purposes.Count == 0
                    ? null
                    : policy with { Purposes = [.. purposes.Distinct().Order()] };
        }
    }
}
