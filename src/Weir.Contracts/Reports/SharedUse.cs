// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Reports;

/// <summary>When so many others use an endpoint that an address block is ruled out (rules.md R15).</summary>
public static class SharedUse
{
    private const double Least = 5;
    private const double Most = 100;
    private const double Share = 0.001;

    /// <param name="others">Subjects that are no case and contacted it.</param>
    /// <param name="subjects">Subjects in all.</param>
    public static bool IsShared(double others, double subjects) =>
        others > Math.Max(Least, Math.Min(Share * subjects, Most));
}
