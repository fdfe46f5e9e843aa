// SPDX-License-Identifier: Apache-2.0
//
// The tables, as steps forward only: Sql/NNNN-name.sql, each run once, in order. The steps done are rows of the table
// schema_steps. A step's statements may be run again (IF NOT EXISTS), so that a stop between a step and its row does no
// harm. A store with more steps than this program knows is refused: it belongs to a newer Weir.
using System.Globalization;
using System.Reflection;
using Weir.Wire.Native;

namespace Weir.Store.ClickHouse;

/// <summary>Brings a store's tables to this program's version.</summary>
internal static class StoreSchema
{
    private const string Folder = ".ClickHouse.Sql.";

    /// <summary>The steps this program knows, by number.</summary>
    public static SortedList<uint, string> Steps { get; } = ReadSteps();

    public static async Task EnsureAsync(ClickHouseHttp client, CancellationToken cancel)
    {
        await client.ExecuteOutsideAsync(
            $"CREATE DATABASE IF NOT EXISTS {SqlText.Name(client.Address.Database)}", cancel);
        await client.ExecuteAsync("CREATE TABLE IF NOT EXISTS schema_steps (step UInt32, at DateTime('UTC')) "
            + "ENGINE = MergeTree ORDER BY step", cancel);
        var done = await VersionAsync(client, cancel);
        RefuseNewer(done, client.Address.Prefix);
        foreach (var (step, text) in Steps.Where(step => step.Key > done))
        {
            foreach (var statement in Statements(text))
            {
                await client.ExecuteAsync(statement, cancel);
            }

            await client.ExecuteAsync(
                FormattableString.Invariant($"INSERT INTO schema_steps SELECT toUInt32({step}), now()"), cancel);
        }
    }

    /// <summary>The last step that was done.</summary>
    public static Task<uint> VersionAsync(ClickHouseHttp client, CancellationToken cancel) =>
        client.ScalarAsync<uint>("SELECT toUInt32(max(step)) FROM schema_steps", cancel);

    /// <param name="done">The last step that was done.</param>
    /// <param name="where">Where, as a sentence about it begins.</param>
    /// <exception cref="StoreException">This program does not know it.</exception>
    public static void RefuseNewer(uint done, string where)
    {
        if (done > Steps.Keys[^1])
        {
            throw new StoreException(
                0, FormattableString.Invariant($"{where}the flow store's tables are of step {done} and this Weir ")
                    + FormattableString.Invariant($"knows {Steps.Keys[^1]}; run the newer Weir"), retryable: false);
        }
    }

    /// <summary>A file's statements; a semicolon at a line's end ends one.</summary>
    internal static IEnumerable<string> Statements(string text) =>
        string.Join('\n', text.Split('\n').Where(line => !line.StartsWith("--", StringComparison.Ordinal)))
            .Split(";\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static SortedList<uint, string> ReadSteps()
    {
        var assembly = typeof(StoreSchema).Assembly;
        var steps = new SortedList<uint, string>();
        foreach (var name in assembly.GetManifestResourceNames())
        {
            var at = name.IndexOf(Folder, StringComparison.Ordinal);
            if (at >= 0 && uint.TryParse(
                name.AsSpan(at + Folder.Length, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                steps.Add(number, Text(assembly, name));
            }
        }

        return steps;
    }

    private static string Text(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
