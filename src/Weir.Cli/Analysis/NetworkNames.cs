// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Desk.Enrichment;

namespace Weir.Cli.Analysis;

/// <summary>The option <c>--names</c>.</summary>
internal static class NetworkNames
{
    /// <summary>Before hours of work: a file that cannot be used ends the run, lines that say nothing are
    /// told.</summary>
    public static NetworkOwners Read(IReadOnlyList<string> files)
    {
        var owners = new NetworkOwners(files);
        owners.Refresh();
        foreach (var state in owners.States)
        {
            if (state.Fault is { } fault)
            {
                throw new OperatorException($"--names: {fault}");
            }

            if (state.Good is { Refused: { Lines: > 0 } refused })
            {
                Console.Error.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"--names: {refused.Lines} lines name no network; the first: {refused.First}"));
            }
        }

        return owners;
    }
}
