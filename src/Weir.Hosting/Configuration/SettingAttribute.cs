// SPDX-License-Identifier: Apache-2.0
namespace Weir.Hosting.Configuration;

/// <summary>
/// Describes one key of the configuration: the sentence, the range and the example stand in the documentation and in
/// the commented default file, so that all three say the same.
/// </summary>
/// <param name="meaning">What it sets, as plain sentences, unit included.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string meaning) : Attribute
{
    public string Meaning => meaning;

    /// <summary>Smallest value, written as in the file.</summary>
    public string? Min { get; init; }

    /// <summary>Largest value, written as in the file.</summary>
    public string? Max { get; init; }

    /// <summary>Why the range is as it is, told with a refusal.</summary>
    public string? Because { get; init; }

    /// <summary>The key where it is not the property's name in small letters with dashes.</summary>
    public string? Key { get; init; }

    /// <summary>A value as it may be written, for keys without default.</summary>
    public string? Example { get; init; }

    /// <summary>Whether the key must be there.</summary>
    public bool Required { get; init; }

    /// <summary>Whether it names a file that the process's user alone may read.</summary>
    public bool IsSecretFile { get; init; }
}
