// SPDX-License-Identifier: Apache-2.0
namespace Weir.Desk.Lists.Feeds;

/// <summary>A list that cannot be used: one sentence for the operator, naming the thing, the
/// place and the mend.</summary>
public sealed class FeedException : Exception
{
    public FeedException(string message, int exitCode)
        : base(message) => ExitCode = exitCode;

    public FeedException(string message, Exception cause)
        : base(message, cause) => ExitCode = Unreadable;

    /// <summary>The argument itself is wrong (exit code 2).</summary>
    public const int BadArgument = 2;

    /// <summary>The file cannot be read (exit code 3).</summary>
    public const int Unreadable = 3;

    /// <summary>What the program ends with when it cannot go on without the list.</summary>
    public int ExitCode { get; }
}
