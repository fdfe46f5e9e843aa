// SPDX-License-Identifier: Apache-2.0
namespace Weir.Cli;

/// <summary>A fault of the operator's: one sentence naming the thing, the place and the mend, and the exit
/// code it ends with.</summary>
internal sealed class OperatorException(string message, int exitCode = ExitCode.BadArguments) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
