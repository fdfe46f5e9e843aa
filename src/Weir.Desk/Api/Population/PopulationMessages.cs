// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Contracts.Population;

namespace Weir.Desk.Api.Population;

/// <summary>A published count of subjects.</summary>
/// <param name="Kind"><c>shown</c>, <c>withheld</c>, or <c>nearly-all</c>: all but fewer than k.</param>
/// <param name="Subjects">The rounded count where it is shown, else 0.</param>
internal sealed record PopulationCell(string Kind, long Subjects)
{
    private static readonly Dictionary<PublishedCellKind, string> Words = new()
    {
        [PublishedCellKind.Shown] = "shown",
        [PublishedCellKind.Withheld] = "withheld",
        [PublishedCellKind.NearlyAll] = "nearly-all",
    };

    public static PopulationCell From(PublishedCell cell) => new(Words[cell.Kind], cell.Subjects);

    /// <exception cref="JsonException">The kind is none: the other side is of another version.</exception>
    public PublishedCell ToCell() => Words.Where(word => word.Value == Kind).ToList() is [var known]
        ? new(known.Key, Subjects)
        : throw new JsonException($"'{Kind}' is no kind of a published cell");
}

/// <param name="Key">Port, protocol, hour, access type or endpoint.</param>
/// <param name="Subjects">How many.</param>
internal sealed record PopulationLine(string Key, PopulationCell Subjects);

/// <summary>A report about everybody, or about one group.</summary>
/// <param name="Report">Its name.</param>
/// <param name="Window">The closed UTC hour or day.</param>
/// <param name="Group">The group; empty for everybody.</param>
/// <param name="K">Fewest subjects behind a figure.</param>
/// <param name="Base">Active subjects.</param>
/// <param name="Lines">The largest first.</param>
internal sealed record PopulationResponse(
    string Report, string Window, string Group, int K, PopulationCell Base, IReadOnlyList<PopulationLine> Lines)
{
    public static PopulationResponse From(PopulationView view) => new(
        view.Report, view.Window, view.Group, view.K, PopulationCell.From(view.Base),
        [.. view.Lines.Select(line => new PopulationLine(line.Key, PopulationCell.From(line.Value)))]);

    /// <exception cref="JsonException">The other side is of another version.</exception>
    public PopulationView ToView() => new(
        Report, Window, Group, K, Base.ToCell(),
        [.. Lines.Select(line => KeyValuePair.Create(line.Key, line.Subjects.ToCell()))]);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PopulationResponse))]
internal sealed partial class PopulationJson : JsonSerializerContext;
