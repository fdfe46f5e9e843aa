// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Configuration;

namespace Weir.Hosting.Channels;

/// <summary>A program of the provider that takes a message; no shell reads its path. It is killed with all that it
/// started when its time is over.</summary>
public sealed record ScriptOptions
{
    [Setting("Whole path of the program; it gets the notice as JSON on its standard input.",
        Example = "/usr/local/lib/weir/notify")]
    public string? Program { get; init; }

    [Setting("What it is called with.", Example = "--letter")]
    public IReadOnlyList<string> Arguments { get; init; } = [];

    [Setting("How long it may run.", Min = "1s", Max = "10m")]
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(30);
}
