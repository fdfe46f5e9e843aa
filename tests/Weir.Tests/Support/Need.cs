// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;

namespace Weir.Tests.Support;

/// <summary>What a test needs of its machine. Where that is missing the test is skipped and says what for; where the
/// machine is meant to have all of it (WEIR_REAL=must, WEIR_DATA_MUST=1: make test sets them), it fails.</summary>
internal static class Need
{
    /// <summary>Programs of the system, by name or by path.</summary>
    public static void Programs(params string[] names)
    {
        var missing = names.Where(name => !IsInstalled(name)).ToList();
        Peer(missing.Count == 0, $"not installed: {string.Join(", ", missing)}");
    }

    public static void Root(string forWhat) => Peer(Environment.IsPrivilegedProcess, $"only root {forWhat}");

    /// <summary>To run a program as somebody else.</summary>
    public static void OtherUsers()
    {
        Root("becomes another user");
        Programs("setpriv");
    }

    /// <summary>Something real that a developer's machine may lack.</summary>
    public static void Peer([DoesNotReturnIf(false)] bool isThere, string whatIsMissing) =>
        Judge(isThere, whatIsMissing, "WEIR_REAL", "must");

    /// <summary>Real inputs, which are not part of the tree.</summary>
    public static void Data([DoesNotReturnIf(false)] bool isThere, string whatIsMissing) =>
        Judge(isThere, whatIsMissing, "WEIR_DATA_MUST", "1");

    private static void Judge([DoesNotReturnIf(false)] bool isThere, string whatIsMissing, string switchName, string on)
    {
        if (isThere)
        {
            return;
        }

        if (Environment.GetEnvironmentVariable(switchName) == on)
        {
            Assert.Fail($"{whatIsMissing}, and {switchName}={on}");
        }

        Assert.Skip(whatIsMissing);
    }

    private static bool IsInstalled(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':').Concat(["/usr/sbin", "/sbin"]).Any(folder => File.Exists(Path.Combine(folder, name)));
}
