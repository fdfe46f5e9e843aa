// SPDX-License-Identifier: Apache-2.0
//
// Whom a block would hit, as it leaves (docs/36-numbers.md): one noisy figure a target and UTC day, kept, so that
// asking again through the day, or without other subjects, tells nothing more. Whether it is above what may be blocked
// by address is decided on the exact count each time, and the figure is moved to the side of the bound where that lies.
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Noise;
using Weir.Hosting.Files;

namespace Weir.Store.Publishing;

/// <summary>Keeps them. Safe for any thread.</summary>
public sealed class CollateralFigures(PublishingOptions options, TimeProvider time)
{
    private const string Everybody = "subjects";

    private readonly Lock _gate = new();

    /// <summary>The figures of a target for today; durable when this returns.</summary>
    /// <param name="target">As it is written.</param>
    /// <param name="exact">As counted just now.</param>
    /// <exception cref="IOException">They could not be written down: nothing may be told.</exception>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public Collateral Show(string target, Collateral exact)
    {
        lock (_gate)
        {
            var today = (uint)(time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalDays;
            var kept = Read() is { } known && known.Day == today ? known : new(today, []);
            var isNew = false;
            var subjects = FigureOf(Everybody, exact.Subjects);
            var hit = FigureOf(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(target))),
                exact.NonCaseSubjects);
            if (isNew)
            {
                _ = Directory.CreateDirectory(Path.GetDirectoryName(options.CollateralFile)!);
                AtomicFile.Write(options.CollateralFile, JsonSerializer.Serialize(kept));
            }

            var ceiling = Collateral.Ceiling(subjects);
            return exact with
            {
                Subjects = subjects,
                NonCaseSubjects = exact.NonCaseSubjects > ceiling ? Math.Max(hit, ceiling + 1) : Math.Min(hit, ceiling),
            };

            int FigureOf(string name, int count)
            {
                if (!kept.Figures.TryGetValue(name, out var figure))
                {
                    using var noise = new NoiseKey(RandomNumberGenerator.GetBytes(NoiseKey.Octets));
                    kept.Figures[name] = figure = (int)Math.Min(int.MaxValue, noise.Blur(name, count));
                    isNew = true;
                }

                return figure;
            }
        }
    }

    private KeptDay? Read()
    {
        try
        {
            return File.Exists(options.CollateralFile) ? JsonSerializer.Deserialize<KeptDay>(File.ReadAllText(options.CollateralFile)) : null;
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException(
                $"{options.CollateralFile} is damaged: {fault.Message}; take it away, and targets of today are told of once more",
                fault);
        }
    }

    private sealed record KeptDay(uint Day, Dictionary<string, int> Figures);
}
