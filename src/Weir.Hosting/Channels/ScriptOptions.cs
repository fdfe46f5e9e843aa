// SPDX-License-Identifier: Apache-2.0
namespace Weir.Hosting.Channels;

/// <summary>A program of the provider that takes a message.</summary>
public sealed record ScriptOptions
{
    /// <summary>Absolute path of the program itself; no shell reads it.</summary>
    public required string Program { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>How long it may run; then it is killed with all that it started.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(30);
}
