// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Reflection;

namespace Weir.Hosting.Sqlite;

/// <summary>The steps that bring the tables of a file up to date, by number. They only go forward.</summary>
public sealed class SqliteMigrations
{
    private readonly SortedList<int, string> _steps;

    /// <param name="steps">SQL by number; numbers are above 0.</param>
    /// <exception cref="ArgumentException">There is none, or a number is none.</exception>
    public SqliteMigrations(IReadOnlyDictionary<int, string> steps)
    {
        _steps = new(steps.ToDictionary());
        if (_steps.Count == 0 || _steps.Keys[0] < 1)
        {
            throw new ArgumentException("a file has one step at least, and steps are numbered from 1", nameof(steps));
        }
    }

    /// <summary>The number of the last step.</summary>
    public int Version => _steps.Keys[^1];

    /// <summary>The embedded files <c>Sql/NNNN-name.sql</c> of the folder where a type lies.</summary>
    public static SqliteMigrations Beside<T>()
    {
        var (assembly, folder) = (typeof(T).Assembly, $"{typeof(T).Namespace}.Sql.");
        return new(assembly.GetManifestResourceNames().Where(name => name.StartsWith(folder, StringComparison.Ordinal))
            .ToDictionary(
                name => int.Parse(name.AsSpan(folder.Length, 4), NumberStyles.None, CultureInfo.InvariantCulture),
                name => TextOf(assembly, name)));
    }

    /// <summary>The steps that a file of a version has before it.</summary>
    internal IEnumerable<(int Number, string Sql)> After(int version) =>
        _steps.Where(step => step.Key > version).Select(step => (step.Key, step.Value));

    private static string TextOf(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
