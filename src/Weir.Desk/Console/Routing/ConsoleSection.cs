// SPDX-License-Identifier: Apache-2.0
namespace Weir.Desk.Console.Routing;

/// <summary>Headings of the navigation, in their order. Each is the text <c>rail.NAME</c> in lower case.</summary>
internal enum ConsoleHeading
{
    Watch,
    Work,
    Decide,
    Record,
    Weir,
}

/// <summary>A line of the navigation, which several pages may belong to. Its text is <c>rail.NAME</c>.</summary>
/// <param name="Heading">Where it stands.</param>
/// <param name="Name">Its name.</param>
/// <param name="Needs">Path of the API's route that its first page stands on: who may not ask for it is not shown the
/// line.</param>
internal sealed record ConsoleSection(ConsoleHeading Heading, string Name, string Needs)
{
    /// <summary>Address of its first page, without a stroke in front. Default its name.</summary>
    public string Path { get; init; } = Name;

    /// <summary>The API's topic whose news its pages follow; null where they follow none.</summary>
    public string? Topic { get; init; }

    /// <summary>Whether news renew its pages by themselves; else they say that something changed.</summary>
    public bool RenewsItself { get; init; }
}
