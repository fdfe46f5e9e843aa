// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Weir.Cli;

/// <summary><c>weir --version</c>: version and commit, as the build wrote them into the program.</summary>
internal sealed class VersionAction : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine(Text);
        return ExitCode.Done;
    }

    /// <summary>Version and commit of this program.</summary>
    internal static string Text => Describe(
        typeof(VersionAction).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "");

    /// <summary>Takes <c>0.1.0+COMMIT</c>; a build outside a checkout has no commit.</summary>
    internal static string Describe(string built) => built.Split('+', 2) is [var version, { Length: > 0 } commit]
        ? $"weir {version} (commit {commit})"
        : $"weir {built} (commit not known)";
}
