// SPDX-License-Identifier: Apache-2.0
namespace Weir.Hosting.Braking;

/// <summary>What the disk refuses a brake, told as one fault that names the file and what to do.</summary>
internal static class BrakeFile
{
    /// <summary>Reads or writes.</summary>
    /// <param name="file">The file that is named.</param>
    /// <param name="use">What is done with it.</param>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static T Use<T>(string file, Func<T> use)
    {
        try
        {
            return use();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"{file}, which the brake on lists keeps, cannot be read or written ({refused.Message.TrimEnd('.')}), "
                    + "and nothing comes of what it counts until it can; make it and its folder the own of the user who "
                    + "runs this process, and see that the disk has room",
                refused);
        }
    }

    /// <inheritdoc cref="Use{T}"/>
    public static void Use(string file, Action use) => _ = Use(file, () =>
    {
        use();
        return true;
    });
}
