// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Weir.Collector.Collecting.Admitting;
using Weir.Collector.Status;

namespace Weir.Cli.Commands.Flows;

/// <summary>Who sends and is not decoded, and the lines that would name them.</summary>
internal static class UnlistedLines
{
    /// <summary>Who was refused for a certificate opened connections.</summary>
    private static string What(UnlistedReport one) =>
        Array.Exists(ForCertificates, fault => KnownExporters.ToName(fault) == one.Reason)
            ? "connections over TLS" : "datagrams";

    private static AdmissionFault[] ForCertificates { get; } =
    [
        AdmissionFault.UnnamedKey, AdmissionFault.NoCertificate, AdmissionFault.OtherAuthority,
        AdmissionFault.OutOfDate,
    ];

    /// <summary>Empty where everybody who sends is named.</summary>
    public static string Of(IReadOnlyList<UnlistedReport> unlisted)
    {
        if (unlisted.Count == 0)
        {
            return "";
        }

        var text = new StringBuilder();
        foreach (var one in unlisted)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"weir: {one.Sender} sent {one.Datagrams} {What(one)} that were not decoded ({one.Reason}), the last at ")
                .Append(CultureInfo.InvariantCulture, $"{one.Last:u}\n");
        }

        var strangers = unlisted.Where(one => one.Sender != "other"
            && one.Reason == KnownExporters.ToName(AdmissionFault.UnknownExporter)).Select(one => one.Sender).Order();
        var rows = string.Concat(strangers.Select(sender => $"        - network: {sender}\n"))
            + string.Concat(unlisted.Where(one => one is { Key.Length: > 0, Sender: not "other" })
                .OrderBy(one => one.Sender, StringComparer.Ordinal)
                .Select(one => $"        - network: {one.Sender}\n          keys: [\"{one.Key}\"]\n"));
        return rows.Length == 0 ? text.ToString()
            : text.Append("weir: those that are yours, for the governance's settings (in a lab: weir.yaml):\n    collecting:\n"
                + "      exporters:\n").Append(rows).ToString();
    }
}
