// SPDX-License-Identifier: Apache-2.0
namespace Weir.Cli;

/// <summary>A fault of the operator's: one sentence naming the thing, the place and the mend, and the exit
/// code it ends with.</summary>
internal sealed class OperatorException(string message, int exitCode = ExitCode.BadArguments)
    : Exception(Sentence(message))
{
    /// <summary>A message with another's inside: a full stop of the system's before the mend goes.</summary>
    internal static string Sentence(string message) => message.Replace(".; ", "; ", StringComparison.Ordinal);

    public int ExitCode { get; } = exitCode;
}
