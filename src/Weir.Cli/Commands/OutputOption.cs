// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Reporting;

namespace Weir.Cli.Commands;

/// <summary>The option <c>-o</c>, the same for every listing.</summary>
internal static class OutputOption
{
    public static Option<string> Create() =>
        new("--output", "-o")
        {
            Description = "table (default), json, ndjson or csv.",
            DefaultValueFactory = _ => "table",
            HelpName = "FORMAT"
        };

    public static ListingFormat Read(string text) => Listing.TryParseFormat(text, out var format)
        ? format
        : throw new OperatorException($"-o '{text}' is no format; it is table, json, ndjson or csv");
}
