// SPDX-License-Identifier: Apache-2.0
namespace Weir.Hosting.Configuration;

/// <summary>A record of settings that knows what no single key of it can tell. The reader asks it when the whole file
/// is read.</summary>
public interface ISection
{
    /// <summary>Adds each breach under its key.</summary>
    void Validate(SectionFaults faults);
}

/// <summary>What a section finds wrong with itself.</summary>
/// <param name="path">Where the section stands, such as <c>blocking.rpz</c>; empty for the whole file.</param>
/// <param name="isWritten">Whether a key, by its whole path, stands in the file or in what is governed.</param>
/// <param name="isInFile">Whether it stands in the file itself.</param>
public sealed class SectionFaults(string path, Func<string, bool> isWritten, Func<string, bool> isInFile)
{
    private readonly List<(string Path, string Sentence)> _all = [];

    /// <summary>Breaches so far, by whole path.</summary>
    public IReadOnlyList<(string Path, string Sentence)> All => _all;

    /// <summary>What a record and all below it find wrong.</summary>
    /// <param name="record">A section, or the whole.</param>
    /// <param name="path">Where it stands; empty for the whole.</param>
    /// <param name="isWritten">Whether a key stands in the file or in what is governed; null for none.</param>
    /// <param name="isInFile">Whether it stands in the file itself; null for none.</param>
    public static IEnumerable<(string Path, string Sentence)> Of(
        object record, string path, Func<string, bool>? isWritten = null, Func<string, bool>? isInFile = null)
    {
        var own = new SectionFaults(path, isWritten ?? (_ => false), isInFile ?? (_ => false));
        (record as ISection)?.Validate(own);
        return own.All.Concat(Schema.Of(record.GetType()).SelectMany(setting =>
            setting.IsSection ? Of(setting.Property.GetValue(record)!, own.PathOf(setting.Key), isWritten, isInFile)
            : !setting.IsRecordList ? []
            : ((IEnumerable<object>)setting.Property.GetValue(record)!).Index().SelectMany(item =>
                Of(item.Item, own.PathOf($"{setting.Key}[{item.Index}]"), isWritten, isInFile))));
    }

    /// <summary>The whole path of a key.</summary>
    /// <param name="key">Inside the section, such as <c>asn</c> or <c>communities[2]</c>; empty for the
    /// section.</param>
    public string PathOf(string key) =>
        key.Length == 0 ? path : path.Length == 0 || key[0] == '[' ? path + key : $"{path}.{key}";

    /// <param name="key">As in <see cref="PathOf"/>.</param>
    /// <param name="sentence">What follows the path: what is wrong, and the fix.</param>
    public void Add(string key, string sentence) => _all.Add((PathOf(key), sentence));

    /// <summary>Whether the file says it, and not the default.</summary>
    public bool IsWritten(string key) => isWritten(PathOf(key));

    /// <summary>Whether the file itself says it: not the default, and not what two people signed.</summary>
    public bool IsInFile(string key) => isInFile(PathOf(key));

    /// <summary>A text that stands for a path or a name and holds none.</summary>
    public void AddEmpty(string key, string? text)
    {
        if (text is not null && string.IsNullOrWhiteSpace(text))
        {
            Add(key, "is empty; write a path");
        }
    }

    /// <summary>A file that must be there, where one is named.</summary>
    public void AddMissing(string key, string? file)
    {
        if (file is not null && !File.Exists(file))
        {
            Add(key, $"{file} is not there, or not to be seen by this user; write it, or name another");
        }
    }

    /// <summary>Items of a list that have one name.</summary>
    public void AddTwice<T>(string key, IReadOnlyList<T> items, Func<T, string> name)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < items.Count; i++)
        {
            if (!seen.TryAdd(name(items[i]), i))
            {
                Add($"{key}[{i}]", $"repeats {name(items[i])} of {PathOf(key)}[{seen[name(items[i])]}]; keep one");
            }
        }
    }
}
