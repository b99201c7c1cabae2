//! The readers of Viva Goals exports against the samples, damaged files and hostile ones.

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod json;
#[cfg(test)]
mod support;
#[cfg(test)]
mod template;
#[cfg(test)]
mod views;
