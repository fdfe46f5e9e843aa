// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Weir.Contracts.Population;
using Weir.Hosting.Files;

namespace Weir.Store.Population;

/// <summary>Answers as files of a folder, one a question: a restart does not count a window again. They hold published
/// figures alone and are kept without limit (rules.md R10, aggregates).</summary>
public sealed class PopulationAnswers(string folder) : IPopulationAnswers
{
    private const string Bases = "bases";

    /// <exception cref="InvalidDataException">The file is not an answer to this question; the
    /// message names it.</exception>
    public async Task<PopulationAnswer?> FindAsync(PopulationQuery question, CancellationToken cancel)
    {
        var path = PathOf(question.ToString());
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var answer = JsonSerializer.Deserialize<PopulationAnswer>(await File.ReadAllTextAsync(path, cancel));
            return answer?.Question == question.ToString()
                ? answer
                : throw Damaged("it answers another question", null);
        }
        catch (JsonException fault)
        {
            throw Damaged(fault.Message, fault);
        }

        InvalidDataException Damaged(string what, Exception? inner) =>
            new($"{path} is no answer of the population plane: {what}; counting the window again could tell two "
                + "answers apart, so put the file back from a backup", inner);
    }

    public async Task SaveAsync(PopulationAnswer answer, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        var path = PathOf(answer.Question);
        var beside = string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}.part");
        await using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            await JsonSerializer.SerializeAsync(file, answer, cancellationToken: cancel);
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }

    /// <exception cref="InvalidDataException">The file is no base of that day.</exception>
    public async Task<NoisyBase?> FindBaseAsync(PopulationWindow window, CancellationToken cancel)
    {
        var path = BasePathOf(window.ToString());
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var kept = JsonSerializer.Deserialize<NoisyBase>(await File.ReadAllTextAsync(path, cancel));
            return kept?.Window == window.ToString() && kept.Groups.Count == kept.Subjects.Count
                ? kept : throw new JsonException("it is of another day");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException(
                $"{path} is no base of the population plane: {fault.Message}; drawing it again could tell two answers "
                    + "apart, so put the file back from a backup", fault);
        }
    }

    public Task SaveBaseAsync(NoisyBase drawn, CancellationToken cancel)
    {
        _ = Directory.CreateDirectory(Path.Combine(folder, Bases));
        AtomicFile.Write(BasePathOf(drawn.Window), JsonSerializer.Serialize(drawn));
        return Task.CompletedTask;
    }

    private string BasePathOf(string day) => Path.Combine(folder, Bases, $"{day}.json");

    /// <summary>The report's name and window for the eye, a digest for what is no file name.</summary>
    private string PathOf(string question)
    {
        var words = question.Split(' ');
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(question)))[..16];
        return Path.Combine(folder, $"{words[0]}-{words[1]}-{digest}.json");
    }
}
