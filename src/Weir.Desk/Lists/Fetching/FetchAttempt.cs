// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using Weir.Desk.Lists.Feeds;
using Weir.Hosting.Channels;
using Weir.Hosting.Files;

namespace Weir.Desk.Lists.Fetching;

/// <summary>One exchange with a publisher, within its time. What the other side does, and what the disk refuses, ends
/// it with a sentence.</summary>
internal static class FetchAttempt
{
    /// <summary>What is done within the time there is.</summary>
    public delegate Task<T> AskAsync<T>(CancellationToken cancel);

    /// <summary>Asks.</summary>
    /// <param name="source">Whom, and the time there is.</param>
    /// <param name="fresh">File that what comes is put into; gone when it returns.</param>
    /// <param name="time">Our clock.</param>
    /// <param name="ask">What is done.</param>
    /// <param name="fail">What comes of a failure: why, and how long the publisher asks to be left alone.</param>
    /// <param name="cancel">Ends it.</param>
    public static async Task<T> RunAsync<T>(
        ListSource source, string fresh, TimeProvider time, AskAsync<T> ask, Func<string, TimeSpan?, T> fail,
        CancellationToken cancel)
    {
        using var bound = new CancellationTokenSource(source.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, bound.Token);
        try
        {
            using var scratch = new ScratchFile(fresh);
            return await ask(either.Token);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or UnauthorizedAccessException
            or FeedException or FeedRefusedException or ChannelException or CryptographicException
            or InvalidDataException)
        {
            return fail(
                fault.InnerException is { } inner && fault is HttpRequestException
                    ? $"{fault.Message} ({inner.Message})" : fault.Message,
                (fault as FeedRefusedException)?.RetryAfter);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return fail(string.Create(
                CultureInfo.InvariantCulture, $"not done within {source.Timeout.TotalSeconds:0} s"), null);
        }
    }
}
