// SPDX-License-Identifier: Apache-2.0

namespace Weir.Hosting.Configuration;

/// <summary>One fault of the operator's file: where, and a sentence with the mend.</summary>
/// <param name="Line">From 1; 0 when it is not about a place.</param>
/// <param name="Column">From 1; 0 when it is not about a place.</param>
/// <param name="Sentence">Names the thing and the mend.</param>
public readonly record struct ConfigurationFault(int Line, int Column, string Sentence)
{
    /// <summary>The setting, such as <c>attributing.networks[0]</c>; empty where it is about none.</summary>
    public string Path { get; init; } = "";

    /// <summary>A fault of a setting whose place is not known here.</summary>
    /// <param name="path">The setting, with which the sentence begins.</param>
    /// <param name="rest">The rest of the sentence, with what divides it from the setting.</param>
    public static ConfigurationFault Of(string path, string rest) => new(0, 0, path + rest) { Path = path };

    /// <summary>It stands in the governance too: what the file says is read all the same, by who only looks.</summary>
    public bool IsTwice { get; init; }

    public string At(string file) => Line == 0 ? $"{file}: {Sentence}" : $"{file}:{Line}:{Column}: {Sentence}";
}

/// <summary>A file as read, and everything that is wrong with it. The value is to be used only
/// when nothing is.</summary>
internal sealed record ConfigurationReading<T>(T Value, IReadOnlyList<ConfigurationFault> Faults)
{
    public bool IsSound => Faults.Count == 0;

    /// <summary>Keys of the first level that the file has, in its order.</summary>
    public IReadOnlyList<string> Sections { get; init; } = [];

    /// <summary>Line and column of a setting, or of the nearest part around it; both 0 where the file has neither.
    /// </summary>
    public Func<string, (int Line, int Column)> PlaceOf { get; init; } = _ => default;

    /// <summary>A fault that was found later, with the place of the setting that it concerns.</summary>
    public ConfigurationFault Place(ConfigurationFault fault) =>
        fault.Line == 0 && PlaceOf(fault.Path) is var (line, column)
            ? fault with { Line = line, Column = column } : fault;
}
