// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.Lab.Jobs;

/// <summary>A real bot, rebuilt from its behaviour strings and cloned over some lines.</summary>
/// <param name="Path">Rows <c>src|dst|port|proto|state|label|class|capture|modelsize</c> as Stratosphere publishes them
/// for CTU-13, unpacked.</param>
/// <param name="Capture">Which capture's bot, such as <c>V42</c>.</param>
public sealed record CloneOptions(string Path, string Capture)
{
    /// <summary>Lines that get a copy. Default 10.</summary>
    public int Lines { get; init; } = 10;

    /// <summary>Chance that a copy uses an endpoint at all. Default 0.7.</summary>
    public double Share { get; init; } = 0.7;

    internal IEnumerable<string> Faults(LabOptions options)
    {
        if (Lines < 1 || Lines > options.Subscribers / 4)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"--clone-lines is {Lines}, must be between 1 and a quarter of --subscribers");
        }

        if (Share is not (> 0 and <= 1))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"--clone-share is {Share}, must be above 0 and at most 1");
        }

        if (options.Jobs != LabJobs.None || options.Scenario != LabScenario.Provider)
        {
            yield return "--clone needs --scenario provider and no --jobs: a real bot brings its own";
        }
    }
}
