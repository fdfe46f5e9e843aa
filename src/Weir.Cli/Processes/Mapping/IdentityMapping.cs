// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Cli.Configuring;
using Weir.Vault.Identity.Cgnat;
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Records;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.Cli.Processes.Mapping;

/// <summary>The section <c>vault.identity</c> as the vault takes it, and what no single key of it can tell.</summary>
internal static class IdentityMapping
{
    /// <summary>Every breach as the path of the setting and the rest of the sentence.</summary>
    public static IEnumerable<(string Path, string Sentence)> Check(VaultIdentitySettings settings)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < settings.Sources.Count; i++)
        {
            var (path, source) = ($"vault.identity.sources[{i}]", settings.Sources[i]);
            if (!names.Add(source.Name))
            {
                yield return (path, $"repeats the name {source.Name}; give it one of its own");
            }

            var listens = source.Kind is IdentityKind.Radius or IdentityKind.SyslogUdp or IdentityKind.NatIpfix;
            if (!listens && string.IsNullOrWhiteSpace(source.Path))
            {
                yield return (path, "reads a file and names none; add `path: ...`");
            }

            if (listens && source.Path is not null)
            {
                yield return (path, "listens and has no use for a path; take it out");
            }

            if (source.Kind == IdentityKind.Radius && source.SecretFile is null)
            {
                yield return (path, "takes RADIUS and has no secret-file; name a file of `192.0.2.0/24 secret` lines");
            }

            foreach (var fault in Faults(
                source.Patterns.Select(p => (Action)(() => _ = new SyslogPattern(p.Name, p.Expression)))))
            {
                yield return ($"{path}.patterns", $"is wrong: {fault}");
            }
        }

        for (var i = 0; i < settings.DeterministicNat.Count; i++)
        {
            foreach (var fault in Faults([() => _ = Nat(settings.DeterministicNat[i])]))
            {
                yield return ($"vault.identity.deterministic-nat[{i}]", $"is wrong: {fault}");
            }
        }
    }

    /// <summary>The options of a checked section.</summary>
    public static IdentityOptions Options(
        VaultIdentitySettings settings, string vaultDir, IReadOnlyList<Prefix> networks) =>
        new()
        {
            Store = Path.Combine(vaultDir, settings.Store),
            InterimInterval = settings.InterimInterval,
            Terms = new IdentityTableOptions
            {
                RetentionDays = settings.RetentionDays,
                MaxHoldings = settings.MaxHoldings,
                Networks = networks,
                Shared = settings.Shared,
                Deterministic = [.. settings.DeterministicNat.Select(Nat)],
            },
            Sources =
            [
                .. settings.Sources.Select(s => new IdentitySourceOptions
                {
                    Name = s.Name,
                    Kind = s.Kind,
                    Path = s.Path,
                    Listen = s.Listen,
                    SecretFile = s.SecretFile,
                    Exporters = s.Exporters,
                    LineFrom = s.LineFrom,
                    Poll = s.Poll,
                    Patterns = [.. s.Patterns.Select(p => new SyslogPattern(p.Name, p.Expression))],
                }),
            ],
        };

    private static DeterministicNat Nat(DeterministicNatSettings s) => new(
        s.Inside, s.Outside, s.Excluded, (ushort)s.FirstPort, (ushort)s.LastPort, s.PortsEach, s.Order,
        Moment(s.From, 0), Moment(s.Until, long.MaxValue));

    private static long Moment(string? text, long otherwise) =>
        text is null ? otherwise
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at.ToUnixTimeMilliseconds()
        : throw new ArgumentException($"'{text}' is no time; write it as 2026-11-01T00:00:00Z");

    private static IEnumerable<string> Faults(IEnumerable<Action> makings)
    {
        foreach (var make in makings)
        {
            var fault = "";
            try
            {
                make();
            }
            catch (Exception wrong) when (wrong is ArgumentException or IdentityException)
            {
                fault = wrong.Message;
            }

            if (fault.Length > 0)
            {
                yield return fault;
            }
        }
    }
}
