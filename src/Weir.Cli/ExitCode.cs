// SPDX-License-Identifier: Apache-2.0
namespace Weir.Cli;

/// <summary>How the program ends.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int BadArguments = 2;
    public const int Unreadable = 3;
}
