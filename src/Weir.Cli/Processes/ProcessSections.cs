// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Collector.Running;
using Weir.Desk.Composing;
using Weir.Hosting.Configuration;
using Weir.Store;
using Weir.Vault;

namespace Weir.Cli.Processes;

/// <summary>Which parts of <c>weir.yaml</c> a process reads. One file may serve all four, and what is wrong in a part
/// that a process does not read keeps it from nothing.</summary>
internal static class ProcessSections
{
    /// <summary>Who the processes are, and where; whose networks these are.</summary>
    private static readonly string[] OfAll =
        ["profile", "processes", "governance", "attributing", "vault.socket", "vault.user", "vault.tls"];

    /// <summary>Beside what its interface names: the policy's limits, how long rows are on the way, and what the
    /// composition itself looks at.</summary>
    private static readonly Dictionary<string, string[]> Own = new(StringComparer.Ordinal)
    {
        [ProcessNames.Collector] = Of(typeof(ICollectorConfiguration)),
        [ProcessNames.Store] = Of(typeof(IStoreConfiguration), "policy", "decoding", "digesting"),
        [ProcessNames.Desk] =
            Of(typeof(IDeskConfiguration), "matching", "selfservice", "web", "decoding", "digesting"),
        [ProcessNames.Vault] = Of(typeof(IVaultConfiguration), "policy", "control"),
    };

    /// <summary>The processes.</summary>
    public static IReadOnlyCollection<string> Processes => Own.Keys;

    /// <summary>Whether a process reads a setting, or something inside it; true for what is no setting at
    /// all.</summary>
    /// <param name="process">Its name.</param>
    /// <param name="path">Such as <c>vault</c> or <c>vault.identity.sources[0]</c>.</param>
    public static bool Reads(string process, string path) =>
        !Schema.Of(typeof(WeirConfiguration)).Any(section => IsWithin(path, section.Key))
        || OfAll.Concat(Own[process]).Any(read => IsWithin(path, read) || IsWithin(read, path));

    /// <summary>Whether a fault is of something that a process reads.</summary>
    public static bool Concerns(string process, ConfigurationFault fault) => Reads(process, fault.Path);

    private static bool IsWithin(string path, string outer) =>
        path == outer || (path.StartsWith(outer, StringComparison.Ordinal) && path[outer.Length] is '.' or '[');

    private static string[] Of(Type reads, params string[] more) =>
    [
        .. Schema.Of(typeof(WeirConfiguration))
            .Where(section => reads.GetProperty(section.Property.Name) is not null).Select(section => section.Key),
        .. more,
    ];
}
